import { hostname } from 'node:os';
import type { StageKind } from '@elucidate/experiment/stages';
import type { WorkerProblem } from '@elucidate/store/entities/worker';
import { recordWorkerEvent } from './events.js';
import { jsonText, rows, run, type Sql } from './sql.js';

export interface WorkerRow {
  id: string;
  engine: string;
  kinds: readonly StageKind[];
  concurrency: number;
  /** Of the code it runs. */
  version: string | null;
  /** Stages it has completed. */
  done: number;
  /** What is wrong with its environment. */
  setAside: readonly WorkerProblem[];
}

/** What of a worker's problems says which they are: when it looks again, and the wording, change with each try. */
const known = (row: string): string => `(select jsonb_agg(problem - '{until,message}'::text[] order by nth) from jsonb_array_elements(${row}.set_aside) with ordinality as p(problem, nth))`;

/** Registers a worker, or records that it is still alive; events say that it joined, or that something else is wrong with it than before. A quarantined one stays quarantined. Returns the kinds that it is asked to take again; null if nobody asks. */
export async function showWorker(sql: Sql, { id, engine, kinds, concurrency, version, done, setAside }: WorkerRow): Promise<StageKind[] | null> {
  const [shown] = await rows<{ released: StageKind[] | null }>(sql, `
    with before as (select state, set_aside from workers where id = $1),
    shown as (
      insert into workers (id, host, pid, engine, kinds, concurrency, set_aside, version, done_stages, state) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'active')
      on conflict (id) do update set seen_at = clock_timestamp(), set_aside = excluded.set_aside, done_stages = excluded.done_stages, state = case when workers.state = 'gone' then 'active' else workers.state end
      returning id, release_kinds as released, set_aside),
    recorded as (
      insert into events (type, data)
      select case when coalesce(before.state, 'gone') = 'gone' then 'worker.joined' else 'worker.changed' end, jsonb_build_object('workerId', shown.id)
      from shown left join before on true where coalesce(before.state, 'gone') = 'gone' or ${known('before')} is distinct from ${known('shown')})
    select released from shown`,
  [id, hostname(), process.pid, engine, kinds, concurrency, jsonText(setAside), version, done]);
  return shown?.released ?? null;
}

/** Records that a worker has heard that it is to take these kinds again; another request made meanwhile stays. A quarantined one goes on. */
export const hearRelease = (sql: Sql, id: string, kinds: readonly StageKind[]): Promise<void> =>
  run(sql, `
    with heard as (
      update workers set release_kinds = null, failures = 0, state = case when state = 'quarantined' then 'active' else state end
      where id = $1 and release_kinds = $2 returning id)
    insert into events (type, data) select 'worker.changed', jsonb_build_object('workerId', id) from heard`, [id, kinds]);

export const leaveWorker = (sql: Sql, id: string, state: 'stopping' | 'gone'): Promise<void> =>
  run(sql, `
    with gone as (update workers set state = $2, seen_at = clock_timestamp() where id = $1 and not (state = 'quarantined' and $2 = 'stopping') returning id, state)
    insert into events (type, data) select case state when 'gone' then 'worker.gone' else 'worker.stopping' end, jsonb_build_object('workerId', id) from gone`, [id, state]);

/** A stage succeeded here: earlier failures were not this worker's fault. */
export const countSuccess = (sql: Sql, id: string): Promise<void> =>
  run(sql, 'update workers set failures = 0 where id = $1 and failures > 0', [id]);

/** Counts different stages failed in a row; at `limit` the worker is quarantined, and true is returned. */
export async function countFailures(sql: Sql, id: string, { failures, limit }: { failures: number; limit: number }): Promise<boolean> {
  const [worker] = await rows<{ state: string }>(sql, `
    with counted as (
      update workers set failures = $2::int, state = case when $2::int >= $3::int then 'quarantined' else state end where id = $1 returning state)
    select state from counted`, [id, failures, limit]);
  if (worker?.state !== 'quarantined') return false;
  await recordWorkerEvent(sql, 'worker.quarantined', { workerId: id, failures });
  return true;
}

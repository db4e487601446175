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
  /** What is wrong with its environment. */
  setAside: readonly WorkerProblem[];
}

/** Registers a worker, or records that it is still alive. A quarantined one stays quarantined. */
export const showWorker = (sql: Sql, { id, engine, kinds, concurrency, version, setAside }: WorkerRow): Promise<void> =>
  run(sql, `
    insert into workers (id, host, pid, engine, kinds, concurrency, set_aside, version, state) values ($1, $2, $3, $4, $5, $6, $7, $8, 'active')
    on conflict (id) do update set seen_at = clock_timestamp(), set_aside = excluded.set_aside, state = case when workers.state = 'gone' then 'active' else workers.state end`,
  [id, hostname(), process.pid, engine, kinds, concurrency, jsonText(setAside), version]);

export const leaveWorker = (sql: Sql, id: string, state: 'stopping' | 'gone'): Promise<void> =>
  run(sql, `update workers set state = $2, seen_at = clock_timestamp() where id = $1 and not (state = 'quarantined' and $2 = 'stopping')`, [id, state]);

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

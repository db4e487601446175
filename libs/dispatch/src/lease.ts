import type { StageProgress } from '@elucidate/experiment/execution';
import type { StageKind } from '@elucidate/experiment/stages';
import { recordStageEvent } from './events.js';
import { readyJobs } from './readiness.js';
import type { QueueJob } from './queue.js';
import { jsonText, rows, run, type Sql } from './sql.js';

/** A worker's right to a stage; writes are rejected if the stage's token differs. All times are the database's. */
export interface Lease {
  stageId: string;
  token: number;
}

export interface ClaimedStage extends Lease {
  kind: StageKind;
  codeVersion: number;
  params: unknown;
  /** input name -> output name -> artifact hash. */
  inputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Leases a ready stage: its token grows by one. Null if it is not ready, another worker took it, or its back-off has not elapsed. */
export async function claim(sql: Sql, stageId: string, { workerId, leaseMs }: { workerId: string; leaseMs: number }): Promise<ClaimedStage | null> {
  const [claimed] = await rows<ClaimedStage>(sql, `
    with claimed as (
      update stages set state = 'running', token = token + 1, worker_id = $2, started_at = clock_timestamp(),
        lease_expires_at = clock_timestamp() + $3 * interval '1 ms', not_before = null, progress = null, error = null
      where id = $1 and state = 'ready' and coalesce(not_before, '-infinity') <= clock_timestamp()
      returning id, kind, code_version, params, token),
    attempt as (insert into attempts (stage_id, token, worker_id) select id, token, $2 from claimed),
    given as (
      select i.name, jsonb_object_agg(o.name, o.hash) as files
      from stage_inputs i join stage_outputs o on o.stage_id = i.input_id where i.stage_id = $1 group by i.name)
    select id as "stageId", kind, code_version as "codeVersion", params, token::int,
      (select coalesce(jsonb_object_agg(name, files), '{}') from given) as inputs
    from claimed`, [stageId, workerId, leaseMs]);
  if (claimed === undefined) return null;
  await recordStageEvent(sql, 'stage.started', [stageId], { workerId, token: claimed.token });
  return claimed;
}

/** What a heartbeat finds: the lease is still ours and has been extended; the stage was cancelled; another worker has it. */
export type Heartbeat = 'mine' | 'cancelled' | 'lost';

/** Extends a lease. A lease that expired unnoticed, with no other worker on the stage, is simply extended. */
export async function heartbeat(sql: Sql, { stageId, token }: Lease, leaseMs: number): Promise<Heartbeat> {
  const [found] = await rows<{ state: Heartbeat }>(sql, `
    with beat as (
      update stages set lease_expires_at = clock_timestamp() + $3 * interval '1 ms'
      where id = $1 and token = $2 and state = 'running' returning id)
    select case when exists (select from beat) then 'mine'
      when exists (select from stages where id = $1 and token = $2 and state = 'cancelled') then 'cancelled' else 'lost' end as state`,
  [stageId, token, leaseMs]);
  return found?.state ?? 'lost';
}

/** Reports a stage's progress; ignored if the lease is not ours. Callers limit it to once every two seconds per stage. */
export async function reportProgress(sql: Sql, { stageId, token }: Lease, progress: StageProgress): Promise<void> {
  const [mine] = await rows(sql, `
    with shown as (update stages set progress = $3 where id = $1 and token = $2 and state = 'running' returning id) select id from shown`,
  [stageId, token, jsonText(progress)]);
  if (mine !== undefined) await recordStageEvent(sql, 'stage.progress', [stageId], progress);
}

/** Hands a stage back on a clean stop: ready immediately, no attempt counted. Returns its job; none if the lease was not ours. */
export async function release(sql: Sql, { stageId, token }: Lease, logHash?: string): Promise<QueueJob[]> {
  const [released] = await rows(sql, `
    with released as (
      update stages set state = 'ready', ready_at = clock_timestamp(), worker_id = null, lease_expires_at = null
      where id = $1 and token = $2 and state = 'running' returning id),
    attempt as (
      update attempts set outcome = 'released', ended_at = clock_timestamp(), log_hash = $3
      where stage_id = $1 and token = $2 and exists (select from released))
    select id from released`, [stageId, token, logHash ?? null]);
  if (released === undefined) return [];
  await recordStageEvent(sql, 'stage.released', [stageId]);
  return readyJobs(sql, [stageId]);
}

/** Keeps the log of an attempt whose stage was taken away or cancelled. */
export const keepLog = (sql: Sql, { stageId, token }: Lease, logHash: string): Promise<void> =>
  run(sql, 'update attempts set log_hash = $3 where stage_id = $1 and token = $2', [stageId, token, logHash]);

import { ElucidateError } from '@elucidate/experiment/errors';
import type { Store } from '@elucidate/store/store';
import { recordStageEvent } from './events.js';
import { errorJson, shortened, toElucidateError } from './failure-of.js';
import type { Lease } from './lease.js';
import { endSweeps } from './readiness.js';
import { inGraph, rows, type Sql } from './sql.js';

export interface FailOptions {
  logHash?: string;
  /** Counted attempts after which a stage has failed permanently. */
  maxAttempts?: number;
  /** Wait before the second attempt; doubles with each further one, up to a minute. */
  backoffMs?: number;
}

/** What became of the stage; 'stale' if the lease was no longer ours and nothing was written. */
export type FailedState = 'ready' | 'failed' | 'quarantined' | 'stale';

const defaultMaxAttempts = 3;
const maxBackoffMs = 60_000;

/** Ends a worker's attempt with an error: ready again after a back-off if another try can help, else failed permanently together with everything that needs the stage. */
export const fail = (db: Store['db'], lease: Lease, error: unknown, options: FailOptions = {}): Promise<FailedState> =>
  inGraph(db, (tx) => countAttempt(tx, lease, { outcome: 'failed', error: toElucidateError(error), ...options }));

interface Ending extends FailOptions {
  outcome: 'failed' | 'expired';
  error: ElucidateError;
}

/** Counts one attempt against its stage. A stage that fails permanently because of a lost process or worker is quarantined; any other error makes it failed. Needs the graph lock. */
export async function countAttempt(tx: Sql, { stageId, token }: Lease, ending: Ending): Promise<FailedState> {
  const { outcome, error, logHash, maxAttempts = defaultMaxAttempts, backoffMs = 1000 } = ending;
  const killed = error.code === 'stage.crashed' || error.code === 'stage.lease_expired';
  const [stage] = await rows<{ state: Exclude<FailedState, 'stale'>; countedAttempts: number }>(tx, `
    with counted as (
      update stages set counted_attempts = counted_attempts + 1, worker_id = null, lease_expires_at = null, progress = null, error = $3,
        state = case when $4 and counted_attempts + 1 < $5 then 'ready' when $6 then 'quarantined' else 'failed' end,
        ready_at = clock_timestamp(), not_before = clock_timestamp() + least($7 * power(2, counted_attempts), ${maxBackoffMs}) * interval '1 ms',
        ended_at = case when $4 and counted_attempts + 1 < $5 then null else clock_timestamp() end
      where id = $1 and token = $2 and state = 'running' returning state, counted_attempts),
    attempt as (
      update attempts set outcome = $8, ended_at = clock_timestamp(), error = $3, log_hash = $9
      where stage_id = $1 and token = $2 and exists (select from counted))
    select state, counted_attempts as "countedAttempts" from counted`,
  [stageId, token, errorJson(error), error.retryable, maxAttempts, killed, outcome === 'expired' ? 0 : backoffMs, outcome, logHash ?? null]);
  if (stage === undefined) return 'stale';
  await recordStageEvent(tx, stage.state === 'ready' ? 'stage.retrying' : 'stage.failed', [stageId], { state: stage.state, countedAttempts: stage.countedAttempts, code: error.code, message: shortened(error.message, 500) });
  if (stage.state !== 'ready') await failFollowers(tx, stageId);
  return stage.state;
}

/** Fails everything that needs the stage, with an error that says why it was not run. */
async function failFollowers(tx: Sql, stageId: string): Promise<void> {
  const error = new ElucidateError('stage.input_failed', `Not run: stage ${stageId.slice(0, 8)}, which it needs, failed permanently; see that stage's error, then retry the sweep`, { details: { stageId } });
  const followers = await rows<{ id: string }>(tx, `
    with recursive below(id) as (
      select stage_id from stage_inputs where input_id = $1
      union select i.stage_id from stage_inputs i join below b on i.input_id = b.id),
    failed as (
      update stages set state = 'failed', error = $2, ended_at = clock_timestamp()
      where id in (select id from below) and state in ('waiting', 'ready') returning id)
    select id from failed`, [stageId, errorJson(error)]);
  const ids = followers.map(({ id }) => id);
  await recordStageEvent(tx, 'stage.failed', ids, { state: 'failed', code: error.code });
  await endSweeps(tx, [stageId, ...ids]);
}

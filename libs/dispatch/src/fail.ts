import { blameOf } from '@elucidate/experiment/blame';
import { shortened } from '@elucidate/experiment/text-limits';
import type { Store } from '@elucidate/store/store';
import { errorJson, toElucidateError } from './failure-of.js';
import type { Lease } from './lease.js';
import { jsonText, transition } from './sql.js';

export interface FailOptions {
  logHash?: string;
  /** Counted attempts after which a stage has failed permanently. */
  maxAttempts?: number;
  /** Wait before the second attempt; doubles with each further one, up to a minute. */
  backoffMs?: number;
}

/** What became of the stage; 'stale' if the lease was no longer ours and nothing was written. */
export type FailedState = 'ready' | 'failed' | 'quarantined' | 'stale';

export const defaultMaxAttempts = 3;

/**
 * Ends a worker's attempt with an error: ready again after a back-off if another try can help, else failed permanently together with everything that
 * needs the stage. A stage that fails permanently because of a lost process or worker is quarantined. What all share is to blame for is not counted.
 * Called twice for one attempt, it counts once.
 */
export async function fail(db: Store['db'], { stageId, token }: Lease, cause: unknown, { logHash, maxAttempts = defaultMaxAttempts, backoffMs = 1000 }: FailOptions = {}): Promise<FailedState> {
  const error = toElucidateError(cause);
  const ending = {
    outcome: 'failed', logHash, retryable: error.retryable, killed: error.code === 'stage.crashed' || error.code === 'stage.lease_expired',
    brief: shortened(error.message, 500),
    counted: blameOf[error.code] !== 'infrastructure', maxAttempts, backoffMs,
  };
  const [answer] = await transition<{ outcome: Exclude<FailedState, 'stale'> | null }>(db, `call fail_stage($1, $2, $3::jsonb || jsonb_build_object('error', $4::jsonb), null)`, [stageId, token, jsonText(ending), errorJson(error)]);
  return answer?.outcome ?? 'stale';
}

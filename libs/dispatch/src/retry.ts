import { ElucidateError } from '@elucidate/experiment/errors';
import type { Principal } from '@elucidate/store/principal';
import type { Store } from '@elucidate/store/store';
import { lostStages, restartLost } from './lost-stages.js';
import type { Queue, QueueJob } from './queue.js';
import { settleSweep } from './settle-sweep.js';
import { rows, transition } from './sql.js';

export interface Retried {
  /** Stages that start again, their attempts counted from 0. */
  retried: number;
}

/** Stages tried again in one call. */
const stagesAtATime = 1000;

/** Restarts every stage of a sweep that failed permanently or was cancelled, and the stages that these read whose files are gone; the sweep runs again. Throws 'not_found'. */
export async function retryFailed(store: Store, queue: Queue, sweepId: string, principal: Principal): Promise<Retried> {
  const lost = await restartLost(store, await lostStages(store, sweepId));
  const [answer] = await transition<{ retried: number | null }>(store.db, 'select retry_sweep($1, $2, $3) as retried', [sweepId, principal.id, lost]);
  if (answer?.retried == null) throw missing(sweepId);
  await settleSweep(store, queue, sweepId);
  return { retried: answer.retried };
}

/**
 * Restarts these stages of a sweep, or all of it that failed permanently, each with the failed inputs that kept it from running and what failed because of
 * them; other failed stages stay as they are. The sweep runs on, or again. Throws 'not_found', 'request.conflict' for a sweep that was cancelled or is being stopped.
 */
export async function retryStages(store: Store, queue: Queue, { sweepId, principal, stages }: { sweepId: string; principal: Principal; stages: readonly string[] | 'failed' }): Promise<Retried> {
  const failed = stages === 'failed' ? await failedStages(store, sweepId) : stages;
  await restartLost(store, await lostStages(store, sweepId));
  let retried = 0;
  for (let from = 0; from === 0 || from < failed.length; from += stagesAtATime) {
    const [answer] = await transition<{ outcome: { state: string; retried: number; jobs: QueueJob[] } | null }>(store.db, 'call retry_stages($1, $2, $3, null)', [sweepId, principal.id, failed.slice(from, from + stagesAtATime)]);
    if (answer?.outcome == null) throw missing(sweepId);
    const { state, jobs } = answer.outcome;
    if (state === 'cancelled' || state === 'stopping') {
      throw new ElucidateError('request.conflict', `Sweep ${sweepId} ${state === 'cancelled' ? 'was cancelled' : 'is being stopped'}: its failed stages cannot run without the others; retry the whole sweep`);
    }
    retried += answer.outcome.retried;
    // jobs that the queue does not take are brought by the reconciler
    await queue.add(jobs).catch(() => undefined);
  }
  return { retried };
}

const failedStages = async ({ db }: Store, sweepId: string): Promise<string[]> =>
  (await rows<{ id: string }>(db, `select s.id from sweep_stages ss join stages s on s.id = ss.stage_id where ss.sweep_id = $1 and s.state in ('failed', 'quarantined') order by ss.position`, [sweepId])).map(({ id }) => id);

const missing = (sweepId: string): ElucidateError => new ElucidateError('not_found', `There is no sweep ${sweepId}`);

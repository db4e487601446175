import { ElucidateError } from '@elucidate/experiment/errors';
import type { Principal } from '@elucidate/store/principal';
import type { Store } from '@elucidate/store/store';
import { lostStages, restartLost } from './lost-stages.js';
import type { Queue } from './queue.js';
import { settleSweep } from './settle-sweep.js';
import { transition } from './sql.js';

/** Restarts every stage of a sweep that failed permanently or was cancelled, and the stages that these read whose files are gone; the sweep runs again. Throws 'not_found'. */
export async function retryFailed(store: Store, queue: Queue, sweepId: string, principal: Principal): Promise<{ retried: number }> {
  const lost = await restartLost(store, await lostStages(store, sweepId));
  const [answer] = await transition<{ retried: number | null }>(store.db, 'select retry_sweep($1, $2, $3) as retried', [sweepId, principal.id, lost]);
  if (answer?.retried == null) throw new ElucidateError('not_found', `There is no sweep ${sweepId}`);
  await settleSweep(store, queue, sweepId);
  return { retried: answer.retried };
}

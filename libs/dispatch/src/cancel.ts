import { ElucidateError } from '@elucidate/experiment/errors';
import type { Principal } from '@elucidate/store/principal';
import type { Store } from '@elucidate/store/store';
import { settleSweep } from './settle-sweep.js';
import { transition } from './sql.js';

/** Stops a sweep. Unfinished stages that no other running sweep needs are cancelled, running ones at their next heartbeat; finished ones are kept. Throws 'not_found', 'sweep.ended'. */
export async function cancelSweep(store: Pick<Store, 'db'>, sweepId: string, principal: Principal): Promise<{ cancelled: number }> {
  const [sweep] = await transition<{ state: string | null }>(store.db, 'select cancel_sweep($1, $2) as state', [sweepId, principal.id]);
  if (sweep?.state == null) throw new ElucidateError('not_found', `There is no sweep ${sweepId}`);
  if (sweep.state !== 'running') throw new ElucidateError('sweep.ended', `Sweep ${sweepId} has ended (${sweep.state}); there is nothing to cancel`);
  return settleSweep(store, null, sweepId);
}

import type { Principal } from '@elucidate/store/principal';
import type { Store } from '@elucidate/store/store';
import { settleSweep } from './settle-sweep.js';
import { steered } from './steer.js';

/** Cancels a running sweep. Unfinished stages that no other running sweep needs are cancelled, running ones at their next heartbeat; finished ones are kept. Throws 'not_found', 'sweep.ended'. */
export async function cancelSweep(store: Pick<Store, 'db'>, sweepId: string, principal: Principal): Promise<{ cancelled: number }> {
  await steered(store, sweepId, { call: 'cancel_sweep($1, $2)', values: [principal.id], verb: 'cancel' });
  return settleSweep(store, null, sweepId);
}

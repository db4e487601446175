import { ElucidateError } from '@elucidate/experiment/errors';
import type { Principal } from '@elucidate/store/principal';
import { getSweep } from '@elucidate/store/queries/sweeps';
import type { SweepDetail } from '@elucidate/store/queries/sweeps';
import type { Store } from '@elucidate/store/store';

export const noSweep = (id: string): ElucidateError => new ElucidateError('not_found', `There is no sweep ${id} that you may see; \`elucidate status\`, or GET /v1/sweeps, lists those that there are`);

/** A sweep in its present state. Throws 'not_found', also for one that has been deleted since the request began. */
export async function knownSweep(db: Store['db'], id: string, principal: Principal): Promise<SweepDetail> {
  const sweep = await getSweep(db, id, principal);
  if (sweep === null) throw noSweep(id);
  return sweep;
}

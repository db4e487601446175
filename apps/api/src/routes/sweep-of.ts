import { ElucidateError } from '@elucidate/experiment/errors';
import { getSweep } from '@elucidate/store/queries/sweeps';
import { parseRequest, sweepIdSchema } from '../schemas/requests.js';
import type { Services } from '../services.js';

/** The sweep an address names. Throws request.invalid, not_found. */
export async function sweepOf({ store }: Pick<Services, 'store'>, id: unknown) {
  const sweepId = parseRequest(sweepIdSchema, id, 'id');
  const sweep = await getSweep(store.db, sweepId);
  if (sweep === null) throw new ElucidateError('not_found', `There is no sweep ${sweepId}; GET /v1/sweeps lists those there are`);
  return sweep;
}

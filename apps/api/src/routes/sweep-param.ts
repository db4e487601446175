import { Inject, Injectable, Param } from '@nestjs/common';
import type { PipeTransform } from '@nestjs/common';
import { ElucidateError } from '@elucidate/experiment/errors';
import { getSweep } from '@elucidate/store/queries/sweeps';
import type { SweepDetail } from '@elucidate/store/queries/sweeps';
import type { Store } from '@elucidate/store/store';
import { sweepIdSchema } from '../schemas/requests.js';
import { STORE } from '../services.js';

/** Looks up a sweep by its id. Throws not_found. */
@Injectable()
class SweepById implements PipeTransform<string, Promise<SweepDetail>> {
  constructor(@Inject(STORE) private readonly store: Store) {}

  async transform(id: string): Promise<SweepDetail> {
    const sweep = await getSweep(this.store.db, id);
    if (sweep === null) throw new ElucidateError('not_found', `There is no sweep ${id}; GET /v1/sweeps lists all sweeps`);
    return sweep;
  }
}

/** The sweep that `:id` in the path names. */
export const SweepParam = (): ParameterDecorator => Param('id', { schema: sweepIdSchema, pipes: [SweepById] });

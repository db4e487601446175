import { Inject, Injectable } from '@nestjs/common';
import type { PipeTransform } from '@nestjs/common';
import { findSweep } from '@elucidate/store/queries/sweeps';
import type { SweepRef } from '@elucidate/store/queries/sweeps';
import type { Store } from '@elucidate/store/store';
import { callerOf } from '../http/authentication.js';
import { noSweep } from '../known-sweep.js';
import { sweepIdSchema } from '../schemas/requests.js';
import { STORE } from '../services.js';
import { idIn, recordParam, type PathRequest } from './path-param.js';

/** Throws not_found, also for a sweep that the caller may not see. */
@Injectable()
class FindSweep implements PipeTransform<PathRequest, Promise<SweepRef>> {
  constructor(@Inject(STORE) private readonly store: Store) {}

  async transform(request: PathRequest): Promise<SweepRef> {
    const id = await idIn(request, sweepIdSchema);
    const sweep = await findSweep(this.store.db, id, callerOf(request));
    if (sweep === null) throw noSweep(id);
    return sweep;
  }
}

/** The sweep that `:id` in the path names. */
export const SweepParam = (): ParameterDecorator => recordParam(sweepIdSchema, FindSweep);

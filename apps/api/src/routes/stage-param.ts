import { Inject, Injectable } from '@nestjs/common';
import type { PipeTransform } from '@nestjs/common';
import { ElucidateError } from '@elucidate/experiment/errors';
import { getStage } from '@elucidate/store/queries/stages';
import type { StageDetail } from '@elucidate/store/queries/stages';
import type { Store } from '@elucidate/store/store';
import { callerOf } from '../http/authentication.js';
import { stageIdSchema } from '../schemas/requests.js';
import { STORE } from '../services.js';
import { idIn, recordParam, type PathRequest } from './path-param.js';

/** Looks up a stage by its id or the first digits of it. Throws not_found, also for a stage of which the caller may see no sweep. */
@Injectable()
class FindStage implements PipeTransform<PathRequest, Promise<StageDetail>> {
  constructor(@Inject(STORE) private readonly store: Store) {}

  async transform(request: PathRequest): Promise<StageDetail> {
    const id = await idIn(request, stageIdSchema);
    const stage = await getStage(this.store.db, id, callerOf(request));
    if (stage === null) throw new ElucidateError('not_found', `There is no stage ${id} that you may see; \`elucidate stages SWEEP\`, or GET /v1/sweeps/{id}/stages, lists those of a sweep`);
    return stage;
  }
}

/** The stage that `:id` in the path names. */
export const StageParam = (): ParameterDecorator => recordParam(stageIdSchema, FindStage);

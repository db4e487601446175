import { Inject, Injectable, Param } from '@nestjs/common';
import type { PipeTransform } from '@nestjs/common';
import { ElucidateError } from '@elucidate/experiment/errors';
import { getStage } from '@elucidate/store/queries/stages';
import type { StageDetail } from '@elucidate/store/queries/stages';
import type { Store } from '@elucidate/store/store';
import { stageIdSchema } from '../schemas/requests.js';
import { STORE } from '../services.js';

/** Looks up a stage by its id or the first digits of it. Throws not_found. */
@Injectable()
class StageById implements PipeTransform<string, Promise<StageDetail>> {
  constructor(@Inject(STORE) private readonly store: Store) {}

  async transform(id: string): Promise<StageDetail> {
    const stage = await getStage(this.store.db, id);
    if (stage === null) throw new ElucidateError('not_found', `There is no stage ${id}; GET /v1/sweeps/{id}/stages lists the stages of a sweep`);
    return stage;
  }
}

/** The stage that `:id` in the path names. */
export const StageParam = (): ParameterDecorator => Param('id', { schema: stageIdSchema, pipes: [StageById] });

import { Controller, Get, Header, Inject, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { text } from 'node:stream/consumers';
import { ElucidateError } from '@elucidate/experiment/errors';
import { listStages } from '@elucidate/store/queries/stages';
import type { StageDetail } from '@elucidate/store/queries/stages';
import type { SweepRef } from '@elucidate/store/queries/sweeps';
import type { Store } from '@elucidate/store/store';
import { ApiMedia, ApiProblems } from '../openapi/answers.js';
import { stagesQuerySchema } from '../schemas/requests.js';
import type { StagesQuery } from '../schemas/requests.js';
import { stageListSchema, stageSchema } from '../schemas/stages.js';
import { STORE } from '../services.js';
import { StageParam } from './stage-param.js';
import { SweepParam } from './sweep-param.js';

@Controller('v1')
export class StagesController {
  constructor(@Inject(STORE) private readonly store: Store) {}

  @Get('sweeps/:id/stages')
  @ApiOperation({ summary: "A sweep's stages in the order of its plan" })
  @ApiOkResponse({ description: 'The stages.', standardSchema: stageListSchema })
  @ApiProblems(404)
  listStages(@SweepParam() { id: sweepId }: SweepRef, @Query({ schema: stagesQuerySchema }) query: StagesQuery) {
    return listStages(this.store.db, { ...query, sweepId });
  }

  @Get('stages/:id')
  @ApiOperation({ summary: 'One stage, by its id or at least its first 8 digits' })
  @ApiOkResponse({ description: 'The stage.', standardSchema: stageSchema })
  @ApiProblems(404)
  getStage(@StageParam() stage: StageDetail): StageDetail {
    return stage;
  }

  @Get('stages/:id/log')
  @Header('content-type', 'text/plain; charset=utf-8')
  @ApiOperation({ summary: "The log of the last attempt at a stage that left one" })
  @ApiMedia('The log.', 'text/plain')
  @ApiProblems(404)
  async getStageLog(@StageParam() stage: StageDetail): Promise<string> {
    const logHash = stage.attempts.findLast((attempt) => attempt.logHash !== null)?.logHash;
    if (logHash == null) throw new ElucidateError('not_found', `Stage ${stage.id} (${stage.state}) has no log: no attempt at it has ended and left one`);
    return text(this.store.artifacts.openRead(logHash));
  }
}

import { Controller, Get, Header, Inject, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { printableLines } from '@elucidate/experiment/printable';
import { attemptLog } from '@elucidate/store/queries/logs';
import { listStages } from '@elucidate/store/queries/stages';
import type { StageDetail } from '@elucidate/store/queries/stages';
import type { SweepRef } from '@elucidate/store/queries/sweeps';
import type { Store } from '@elucidate/store/store';
import { ApiMedia, ApiProblems } from '../openapi/answers.js';
import { logQuerySchema, stagesQuerySchema } from '../schemas/requests.js';
import type { LogQuery, StagesQuery } from '../schemas/requests.js';
import { attemptLogSchema, stageListSchema, stageSchema } from '../schemas/stages.js';
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
  @ApiOperation({ summary: 'The log of an attempt at a stage; of one that still runs, or whose worker was killed, as of its last heartbeat' })
  @ApiMedia('The log; control characters are written out.', 'text/plain')
  @ApiProblems(404)
  async getStageLog(@StageParam() { id }: StageDetail, @Query({ schema: logQuerySchema }) { attempt }: LogQuery): Promise<string> {
    return printableLines((await attemptLog(this.store, id, attempt)).text);
  }

  @Get('stages/:id/log.json')
  @ApiOperation({ summary: 'The same with the attempt it is of, and whether it is whole' })
  @ApiOkResponse({ description: 'The log.', standardSchema: attemptLogSchema })
  @ApiProblems(404)
  getAttemptLog(@StageParam() { id }: StageDetail, @Query({ schema: logQuerySchema }) { attempt }: LogQuery) {
    return attemptLog(this.store, id, attempt);
  }
}

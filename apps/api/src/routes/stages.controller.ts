import { Controller, Get, Header, Inject, Query, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { printableLines } from '@elucidate/experiment/printable';
import type { Principal } from '@elucidate/store/principal';
import { attemptLog } from '@elucidate/store/queries/logs';
import { resultProvenance } from '@elucidate/store/queries/provenance';
import type { ResultProvenance } from '@elucidate/store/queries/provenance';
import { listStages, stagePreview } from '@elucidate/store/queries/stages';
import type { StageDetail } from '@elucidate/store/queries/stages';
import type { SweepRef } from '@elucidate/store/queries/sweeps';
import type { Store } from '@elucidate/store/store';
import { Caller } from '../http/authentication.js';
import { endOf } from '../log-end.js';
import { ApiMedia, ApiProblems } from '../openapi/answers.js';
import { provenanceSchema } from '../schemas/provenance.js';
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

  @Get('stages/:id/preview')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'What the network of a training that is under way makes of noised test images in one step; of a program, what it shows' })
  @ApiMedia('The latest picture.', 'image/png')
  @ApiProblems(404)
  async getPreview(@StageParam() { id }: StageDetail): Promise<StreamableFile> {
    return new StreamableFile(await stagePreview(this.store.db, id), { type: 'image/png' });
  }

  @Get('stages/:id/provenance')
  @ApiOperation({ summary: 'Everything behind the numbers of a stage: its trials, the stages it comes from, and who computed them with what' })
  @ApiOkResponse({ description: 'The provenance.', standardSchema: provenanceSchema })
  @ApiProblems(404)
  getProvenance(@StageParam() { id }: StageDetail, @Caller() principal: Principal): Promise<ResultProvenance> {
    return resultProvenance(this.store.db, id, principal);
  }

  @Get('stages/:id/log')
  @Header('content-type', 'text/plain; charset=utf-8')
  @ApiOperation({ summary: 'The log of an attempt at a stage; of one that still runs, or whose worker was killed, as of its last heartbeat' })
  @ApiMedia('The log; control characters are written out.', 'text/plain')
  @ApiProblems(404)
  async getStageLog(@StageParam() { id }: StageDetail, @Query({ schema: logQuerySchema }) { attempt, last }: LogQuery): Promise<string> {
    return printableLines(endOf((await attemptLog(this.store, id, attempt)).text, last).text);
  }

  @Get('stages/:id/log.json')
  @ApiOperation({ summary: 'The same with the attempt it is of, and whether it is whole' })
  @ApiOkResponse({ description: 'The log.', standardSchema: attemptLogSchema })
  @ApiProblems(404)
  async getAttemptLog(@StageParam() { id }: StageDetail, @Query({ schema: logQuerySchema }) { attempt, last }: LogQuery) {
    const log = await attemptLog(this.store, id, attempt);
    return { ...log, ...endOf(log.text, last) };
  }
}

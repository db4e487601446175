import { Controller, Get, Header, Inject, Param, Query } from '@nestjs/common';
import { ElucidateError } from '@elucidate/experiment/errors';
import { getStage, listStages } from '@elucidate/store/queries/stages';
import type { StageDetail } from '@elucidate/store/queries/stages';
import { parseRequest, stageIdSchema, stagesQuerySchema } from '../schemas/requests.js';
import { SERVICES } from '../services.js';
import type { Services } from '../services.js';
import { sweepOf } from './sweep-of.js';

@Controller('v1')
export class StagesController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Get('sweeps/:id/stages')
  async ofSweep(@Param('id') id: string, @Query() query: unknown) {
    const filter = parseRequest(stagesQuerySchema, query, 'query');
    return listStages(this.services.store.db, { ...filter, sweepId: (await sweepOf(this.services, id)).id });
  }

  @Get('stages/:id')
  show(@Param('id') id: string): Promise<StageDetail> {
    return this.stageOf(id);
  }

  @Get('stages/:id/log')
  @Header('content-type', 'text/plain; charset=utf-8')
  async log(@Param('id') id: string): Promise<string> {
    const stage = await this.stageOf(id);
    const logHash = stage.attempts.findLast((attempt) => attempt.logHash !== null)?.logHash;
    if (logHash == null) throw new ElucidateError('not_found', `Stage ${stage.id} (${stage.state}) has no log: none of its attempts has ended and left one`);
    return (await this.services.store.artifacts.read(logHash)).toString('utf8');
  }

  private async stageOf(id: string): Promise<StageDetail> {
    const stageId = parseRequest(stageIdSchema, id, 'id');
    const stage = await getStage(this.services.store.db, stageId);
    if (stage === null) throw new ElucidateError('not_found', `There is no stage ${stageId}; GET /v1/sweeps/{id}/stages lists a sweep's`);
    return stage;
  }
}

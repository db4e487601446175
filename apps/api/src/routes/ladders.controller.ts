import { Controller, Get, Header, Headers, Inject, Query, StreamableFile } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { renderLadder } from '@elucidate/experiment/render-ladder';
import { sweepLadder } from '@elucidate/store/queries/sweep-ladder';
import type { SweepRef } from '@elucidate/store/queries/sweeps';
import type { Store } from '@elucidate/store/store';
import { chooseFormat, mediaTypes } from '../http/negotiate.js';
import { ApiProblems, ApiTable } from '../openapi/answers.js';
import { ladderSchema } from '../schemas/ladder.js';
import { ladderQuerySchema, type LadderQuery } from '../schemas/requests.js';
import { STORE } from '../services.js';
import { SweepParam } from './sweep-param.js';

@Controller('v1')
export class LaddersController {
  constructor(@Inject(STORE) private readonly store: Store) {}

  @Get('sweeps/:id/ladder')
  @Header('vary', 'accept')
  @ApiOperation({ summary: 'Configurations of a sweep one change at a time, with paired differences' })
  @ApiTable('The ladder.', ladderSchema)
  @ApiProblems(404)
  async ladder(@SweepParam() { id: sweepId }: SweepRef, @Query({ schema: ladderQuerySchema }) { format, ...request }: LadderQuery, @Headers('accept') accept: string | undefined): Promise<StreamableFile> {
    const chosen = chooseFormat(format, accept);
    return new StreamableFile(Buffer.from(renderLadder(await sweepLadder(this.store.db, { sweepId, ...request }), chosen)), { type: mediaTypes[chosen] });
  }
}

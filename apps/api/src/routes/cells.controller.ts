import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { Principal } from '@elucidate/store/principal';
import { cellDetail, type CellDetail } from '@elucidate/store/queries/cell-detail';
import type { Store } from '@elucidate/store/store';
import { Caller } from '../http/authentication.js';
import { ApiProblems } from '../openapi/answers.js';
import { cellSchema } from '../schemas/cells.js';
import { cellIdSchema, cellQuerySchema, type CellQuery } from '../schemas/requests.js';
import { STORE } from '../services.js';

@Controller('v1')
export class CellsController {
  constructor(@Inject(STORE) private readonly store: Store) {}

  @Get('cells/:id')
  @ApiOperation({ summary: 'One configuration: its values, seeds, scores, stages and their outputs' })
  @ApiOkResponse({ description: 'The configuration.', standardSchema: cellSchema })
  @ApiProblems(404)
  async getCell(@Param('id', { schema: cellIdSchema }) cell: string, @Query({ schema: cellQuerySchema }) { sweep }: CellQuery, @Caller() principal: Principal): Promise<CellDetail> {
    const found = await cellDetail(this.store.db, { cell, sweepId: sweep, principal });
    if (found === null) throw new ElucidateError('not_found', `There is no configuration ${cell}${sweep === undefined ? '' : ` in sweep ${sweep}`}; GET /v1/sweeps/{id}/trials lists those of a sweep`);
    return found;
  }
}

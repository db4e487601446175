import { Controller, Get, Header, Headers, Inject, Param, Query, StreamableFile } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { renderPaper, renderPaperList, type PaperFormat } from '@elucidate/experiment/render-paper';
import type { Principal } from '@elucidate/store/principal';
import { publishedTable, publishedTables } from '@elucidate/store/queries/papers';
import { findSweep } from '@elucidate/store/queries/sweeps';
import type { Store } from '@elucidate/store/store';
import { Caller } from '../http/authentication.js';
import { chooseFormat, mediaTypes } from '../http/negotiate.js';
import { noSweep } from '../known-sweep.js';
import { ApiProblems, ApiTable } from '../openapi/answers.js';
import { paperIdSchema, paperListQuerySchema, paperListSchema, paperQuerySchema, paperTableSchema } from '../schemas/papers.js';
import type { PaperListQuery, PaperQuery } from '../schemas/papers.js';
import { STORE } from '../services.js';

@Controller('v1/papers')
export class PapersController {
  constructor(@Inject(STORE) private readonly store: Store) {}

  @Get()
  @Header('vary', 'accept')
  @ApiOperation({ summary: 'The published tables that results can be put beside' })
  @ApiTable('The tables.', paperListSchema)
  async papers(@Query({ schema: paperListQuerySchema }) { format }: PaperListQuery, @Headers('accept') accept: string | undefined): Promise<StreamableFile> {
    const chosen = formatOf(format, accept);
    return file(renderPaperList(await publishedTables(this.store.db), chosen), chosen);
  }

  @Get(':table')
  @Header('vary', 'accept')
  @ApiOperation({ summary: "A published table in its own layout, a sweep's figures beside the paper's" })
  @ApiTable('The table.', paperTableSchema)
  @ApiProblems(404)
  async paper(@Param('table', { schema: paperIdSchema }) table: string, @Caller() principal: Principal, @Query({ schema: paperQuerySchema }) { format, sweep, fixed }: PaperQuery, @Headers('accept') accept: string | undefined): Promise<StreamableFile> {
    const chosen = formatOf(format, accept);
    if (sweep !== undefined && (await findSweep(this.store.db, sweep, principal)) === null) throw noSweep(sweep);
    return file(renderPaper(await publishedTable(this.store.db, principal, { table, sweepId: sweep, fixed }), chosen), chosen);
  }
}

const formatOf = (format: PaperFormat | undefined, accept: string | undefined): PaperFormat => (format === 'text' ? format : chooseFormat(format, accept));

const file = (text: string, format: PaperFormat) => new StreamableFile(Buffer.from(text), { type: format === 'text' ? 'text/plain; charset=utf-8' : mediaTypes[format] });

import { Controller, Get, Header, Headers, Inject, Param, Query, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Readable } from 'node:stream';
import { adviseOn } from '@elucidate/dispatch/advise';
import { axesOf, type AblationName } from '@elucidate/experiment/ablations';
import { renderAblation } from '@elucidate/experiment/render-ablation';
import { leaderboardCsvOf, renderLeaderboard } from '@elucidate/experiment/render-leaderboard';
import type { TableFormat } from '@elucidate/experiment/table-text';
import { ablationTable } from '@elucidate/store/queries/ablation';
import { keepConditions } from '@elucidate/store/queries/keep-conditions';
import { leaderboard, leaderboardColumns, wholeLeaderboard } from '@elucidate/store/queries/leaderboard';
import { cellSheets } from '@elucidate/store/queries/report';
import { sweepTables } from '@elucidate/store/queries/sweep-tables';
import type { SweepRef } from '@elucidate/store/queries/sweeps';
import type { Store } from '@elucidate/store/store';
import type { Principal } from '@elucidate/store/principal';
import { Caller } from '../http/authentication.js';
import { chooseFormat, mediaTypes } from '../http/negotiate.js';
import { ApiProblems, ApiTable } from '../openapi/answers.js';
import { ablationNameSchema, adviceQuerySchema, leaderboardQuerySchema, pageQuerySchema, sweepLeaderboardQuerySchema, tableQuerySchema } from '../schemas/requests.js';
import type { AdviceQuery, LeaderboardQuery, PageQuery, SweepLeaderboardQuery, TableQuery } from '../schemas/requests.js';
import { adviceSchema } from '../schemas/advice.js';
import { ablationTableSchema, leaderboardSchema, sheetListSchema, tableListSchema } from '../schemas/results.js';
import { STORE } from '../services.js';
import { SweepParam } from './sweep-param.js';

@Controller('v1')
export class ResultsController {
  constructor(@Inject(STORE) private readonly store: Store) {}

  @Get('leaderboard')
  @Header('vary', 'accept')
  @ApiOperation({ summary: 'Scored configurations of all sweeps, best first, a group for each evaluator and n' })
  @ApiTable('The leaderboard.', leaderboardSchema)
  async leaderboard(@Caller() principal: Principal, @Query({ schema: leaderboardQuerySchema }) { format, ...page }: LeaderboardQuery, @Headers('accept') accept: string | undefined): Promise<StreamableFile> {
    const chosen = chooseFormat(format, accept);
    return tableFile(renderLeaderboard(await leaderboard(this.store.db, principal, page), chosen), chosen);
  }

  @Get('sweeps/:id/leaderboard')
  @Header('vary', 'accept')
  @ApiOperation({ summary: "A sweep's configurations, best first, grouped by evaluator and n" })
  @ApiTable('The leaderboard.', leaderboardSchema)
  @ApiProblems(404)
  async sweepLeaderboard(@SweepParam() { id: sweepId }: SweepRef, @Caller() principal: Principal, @Query({ schema: sweepLeaderboardQuerySchema }) { format, keep, within, all, sort, order, ...page }: SweepLeaderboardQuery, @Headers('accept') accept: string | undefined): Promise<StreamableFile> {
    const chosen = chooseFormat(format, accept);
    const { db } = this.store;
    const kept = { keep, within };
    if (all) {
      const columns = await leaderboardColumns(db, sweepId);
      // an answer that has begun cannot become a problem
      await keepConditions(db, sweepId, kept);
      return new StreamableFile(Readable.from(leaderboardCsvOf(wholeLeaderboard(db, principal, { sweepId, metric: page.metric, kept }), columns), { objectMode: false }), { type: mediaTypes.csv });
    }
    return tableFile(renderLeaderboard(await leaderboard(db, principal, { ...page, sweepId, kept, ...(sort !== undefined && { sort: { by: sort, descending: order === 'descending' } }) }), chosen), chosen);
  }

  @Get('sweeps/:id/advice')
  @ApiOperation({ summary: 'How sure a sweep is of its best configuration, and which additional seeds would remove the most doubt for their device time' })
  @ApiOkResponse({ description: 'The advice. To follow it, extend the sweep by the seeds of an offer, with the best and its rivals as `cells`.', standardSchema: adviceSchema })
  @ApiProblems(404)
  advice(@SweepParam() { id }: SweepRef, @Query({ schema: adviceQuerySchema }) { metric }: AdviceQuery) {
    return adviseOn(this.store, id, metric);
  }

  @Get('sweeps/:id/tables')
  @ApiOperation({ summary: 'The ablation tables of what a sweep varies, the first to read first' })
  @ApiOkResponse({ description: 'Their names.', standardSchema: tableListSchema })
  @ApiProblems(404)
  async listTables(@SweepParam() { id }: SweepRef) {
    return { tables: (await sweepTables(this.store.db, id)).map((name) => ({ name, ...axesOf(name)! })) };
  }

  @Get('sweeps/:id/tables/:name')
  @Header('vary', 'accept')
  @ApiOperation({ summary: 'An ablation table' })
  @ApiTable('The table.', ablationTableSchema)
  @ApiProblems(404)
  async ablationTable(
    @SweepParam() { id: sweepId }: SweepRef,
    @Param('name', { schema: ablationNameSchema }) name: AblationName,
    @Query({ schema: tableQuerySchema }) { format, metric, fixed, n, evaluator }: TableQuery,
    @Headers('accept') accept: string | undefined,
  ): Promise<StreamableFile> {
    const chosen = chooseFormat(format, accept);
    return tableFile(renderAblation(await ablationTable(this.store.db, { sweepId, name, metric, fixed, scores: { n, evaluator } }), chosen), chosen);
  }

  @Get('sweeps/:id/sheets')
  @ApiOperation({ summary: 'The sample sheets of a sweep, by artifact' })
  @ApiOkResponse({ description: 'Their artifacts.', standardSchema: sheetListSchema })
  @ApiProblems(404)
  sweepSheets(@SweepParam() { id: sweepId }: SweepRef, @Query({ schema: pageQuerySchema }) page: PageQuery) {
    return cellSheets(this.store.db, { ...page, sweepId });
  }
}

const tableFile = (text: string, format: TableFormat) => new StreamableFile(Buffer.from(text), { type: mediaTypes[format] });

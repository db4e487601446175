import { Controller, Get, Headers, Inject, Param, Query, Res } from '@nestjs/common';
import type { ServerResponse } from 'node:http';
import { renderAblation, renderLeaderboard } from '@elucidate/experiment/render-table';
import type { TableFormat } from '@elucidate/experiment/render-table';
import { ablationTable } from '@elucidate/store/queries/ablation';
import { leaderboard } from '@elucidate/store/queries/leaderboard';
import { cellGrids } from '@elucidate/store/queries/report';
import { chooseFormat, mediaTypes } from '../http/negotiate.js';
import { groupRows } from '../leaderboard-groups.js';
import { ablationNameSchema, formatQuerySchema, gridsQuerySchema, parseRequest, tableQuerySchema } from '../schemas/requests.js';
import type { LeaderboardGroup } from '../schemas/results.js';
import { SERVICES } from '../services.js';
import type { Services } from '../services.js';
import { sweepOf } from './sweep-of.js';

@Controller('v1')
export class ResultsController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Get('leaderboard')
  async overall(@Query() query: unknown, @Headers('accept') accept: string | undefined, @Res() response: ServerResponse): Promise<void> {
    const { format } = parseRequest(formatQuerySchema, query, 'query');
    answerGroups(response, groupRows(await leaderboard(this.services.store.db)), chooseFormat(format, accept));
  }

  @Get('sweeps/:id/leaderboard')
  async ofSweep(@Param('id') id: string, @Query() query: unknown, @Headers('accept') accept: string | undefined, @Res() response: ServerResponse): Promise<void> {
    const { format } = parseRequest(formatQuerySchema, query, 'query');
    const sweep = await sweepOf(this.services, id);
    answerGroups(response, groupRows(await leaderboard(this.services.store.db, { sweepId: sweep.id })), chooseFormat(format, accept));
  }

  @Get('sweeps/:id/tables/:name')
  async table(@Param() { id, name }: { id: string; name: string }, @Query() query: unknown, @Headers('accept') accept: string | undefined, @Res() response: ServerResponse): Promise<void> {
    const { format, metric, held } = parseRequest(tableQuerySchema, query, 'query');
    const ablation = parseRequest(ablationNameSchema, name, 'name');
    const chosen = chooseFormat(format, accept);
    const sweep = await sweepOf(this.services, id);
    const table = await ablationTable(this.services.store.db, { sweepId: sweep.id, name: ablation, metric, held });
    answerText(response, renderAblation(table, chosen), chosen);
  }

  @Get('sweeps/:id/grids')
  async grids(@Param('id') id: string, @Query() query: unknown) {
    const { limit } = parseRequest(gridsQuerySchema, query, 'query');
    return cellGrids(this.services.store.db, { sweepId: (await sweepOf(this.services, id)).id, limit });
  }
}

function answerText(response: ServerResponse, text: string, format: TableFormat): void {
  response.writeHead(200, { 'content-type': mediaTypes[format], vary: 'accept' });
  response.end(text);
}

/** JSON keeps the groups; text formats print them one after another, each with its own caption. */
function answerGroups(response: ServerResponse, groups: LeaderboardGroup[], format: TableFormat): void {
  const text = format === 'json' ? JSON.stringify({ groups }) : format === 'csv'
    ? renderLeaderboard(groups.flatMap(({ rows }) => rows), format)
    : groups.map(({ rows }) => renderLeaderboard(rows, format)).join('\n');
  answerText(response, text, format);
}

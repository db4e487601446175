import { Controller, Get, Header, Inject, Param } from '@nestjs/common';
import { listSweeps } from '@elucidate/store/queries/sweeps';
import { renderHome } from '../pages/home.js';
import { renderReport } from '../pages/report.js';
import { gatherReport, homeGrids, leaderboardOf } from '../report-data.js';
import { routes } from '../routes.js';
import { SERVICES } from '../services.js';
import type { Services } from '../services.js';
import { sweepOf } from './sweep-of.js';

const shownSweeps = 20;
const shownGrids = 12;

@Controller()
export class ReportsController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  async home(): Promise<string> {
    const { db } = this.services.store;
    const { sweeps } = await listSweeps(db, { limit: shownSweeps });
    const [first] = sweeps;
    const newest = first && { ...first, leaderboard: await leaderboardOf(db, first.id), grids: await homeGrids(db, first.id, shownGrids) };
    return renderHome({ routes, sweeps, newest });
  }

  @Get('v1/sweeps/:id/report')
  @Header('content-type', 'text/html; charset=utf-8')
  async report(@Param('id') id: string): Promise<string> {
    return renderReport(await gatherReport(this.services.store, await sweepOf(this.services, id)));
  }
}

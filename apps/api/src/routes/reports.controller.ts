import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { gatherReport, hasPicture, homeSheets, leaderboardOf } from '@elucidate/report/gather';
import { renderReport } from '@elucidate/report/report';
import { listSweeps } from '@elucidate/store/queries/sweeps';
import type { SweepRef } from '@elucidate/store/queries/sweeps';
import type { Store } from '@elucidate/store/store';
import type { Principal } from '@elucidate/store/principal';
import { Caller } from '../http/authentication.js';
import { ApiMedia, ApiProblems } from '../openapi/answers.js';
import { ApiDocument } from '../openapi/document.js';
import { knownSweep } from '../known-sweep.js';
import { renderHome } from '../pages/home.js';
import { STORE } from '../services.js';
import { SweepParam } from './sweep-param.js';

const shownSweeps = 20;
const shownSheets = 12;

@Controller()
export class ReportsController {
  constructor(@Inject(STORE) private readonly store: Store, private readonly document: ApiDocument) {}

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @ApiOperation({ summary: 'Overview page for a browser' })
  @ApiMedia('The page.', 'text/html')
  async home(@Caller() principal: Principal): Promise<string> {
    const { db } = this.store;
    const { sweeps } = await listSweeps(db, principal, { limit: shownSweeps });
    const [first] = sweeps;
    const newest = first && { ...first, picture: await hasPicture(db, first.id), leaderboard: await leaderboardOf(db, principal, first.id), sheets: await homeSheets(db, first.id, shownSheets) };
    return renderHome({ routes: this.document.routes(), sweeps, newest });
  }

  @Get('v1/sweeps/:id/report')
  @Header('content-type', 'text/html; charset=utf-8')
  @ApiOperation({ summary: "A sweep's results as one self-contained HTML file" })
  @ApiMedia('The report.', 'text/html')
  @ApiProblems(404)
  async sweepReport(@SweepParam() { id }: SweepRef, @Caller() principal: Principal): Promise<string> {
    return renderReport(await gatherReport(this.store, await knownSweep(this.store.db, id, principal), principal));
  }
}

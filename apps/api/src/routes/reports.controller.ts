import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { gatherReport } from '@elucidate/report/gather';
import { renderReport } from '@elucidate/report/report';
import type { SweepRef } from '@elucidate/store/queries/sweeps';
import type { Store } from '@elucidate/store/store';
import type { Principal } from '@elucidate/store/principal';
import { Computations } from '../computing/computations.js';
import { Caller } from '../http/authentication.js';
import { ApiMedia, ApiProblems } from '../openapi/answers.js';
import { knownSweep } from '../known-sweep.js';
import { STORE } from '../services.js';
import { SweepParam } from './sweep-param.js';

@Controller()
export class ReportsController {
  constructor(@Inject(STORE) private readonly store: Store, @Inject(Computations) private readonly computations: Computations) {}

  @Get('v1/sweeps/:id/report')
  @Header('content-type', 'text/html; charset=utf-8')
  @ApiOperation({ summary: "A sweep's results as one self-contained HTML file" })
  @ApiMedia('The report.', 'text/html')
  @ApiProblems(404, 413, 503)
  async sweepReport(@SweepParam() { id }: SweepRef, @Caller() principal: Principal): Promise<string> {
    return renderReport(await gatherReport(this.store, await knownSweep(this.store.db, id, principal), { principal, effectsOf: this.computations.effectsOf }));
  }
}

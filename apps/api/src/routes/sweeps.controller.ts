import { Controller, Delete, Get, Headers, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { ServerResponse } from 'node:http';
import { cancelSweep } from '@elucidate/dispatch/cancel';
import { dryRun } from '@elucidate/dispatch/dry-run';
import { describePlan } from '@elucidate/dispatch/estimate';
import { retryFailed } from '@elucidate/dispatch/retry';
import { submitSweep } from '@elucidate/dispatch/submit';
import { planSweep } from '@elucidate/experiment/plan';
import { listSweeps } from '@elucidate/store/queries/sweeps';
import { workRates } from '@elucidate/store/queries/rates';
import { readSpec } from '../http/spec-body.js';
import type { TextRequest } from '../http/spec-body.js';
import type { PlanAnswer } from '../schemas/plan.js';
import { idempotencyKeySchema, pageQuerySchema, parseRequest } from '../schemas/requests.js';
import { withLinks } from '../schemas/sweeps.js';
import { SERVICES } from '../services.js';
import type { Services } from '../services.js';
import { sweepOf } from './sweep-of.js';

@Controller('v1/sweeps')
export class SweepsController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Post()
  async submit(@Req() request: TextRequest, @Headers('idempotency-key') key: string | undefined, @Res({ passthrough: true }) response: ServerResponse) {
    const { store, queue } = this.services;
    const idempotencyKey = key === undefined ? undefined : parseRequest(idempotencyKeySchema, key, 'Idempotency-Key');
    const { sweepId, created } = await submitSweep(store, queue, readSpec(request), idempotencyKey === undefined ? {} : { idempotencyKey });
    response.statusCode = created ? 201 : 200;
    response.setHeader('location', `/v1/sweeps/${sweepId}`);
    return this.show(sweepId);
  }

  @Post('plan')
  @HttpCode(200)
  async plan(@Req() request: TextRequest): Promise<PlanAnswer> {
    const { db } = this.services.store;
    const spec = readSpec(request);
    const { cells, trials, stages } = planSweep(spec);
    const [done, rates] = await Promise.all([dryRun(db, { stages }), workRates(db)]);
    return describePlan({ name: spec.name, cells: cells.length, trials: trials.length, stages, done, rates });
  }

  @Get()
  list(@Query() query: unknown) {
    return listSweeps(this.services.store.db, parseRequest(pageQuerySchema, query, 'query'));
  }

  @Get(':id')
  async show(@Param('id') id: string) {
    return withLinks(await sweepOf(this.services, id));
  }

  @Post(':id/cancel')
  @HttpCode(200)
  async cancel(@Param('id') id: string) {
    await cancelSweep(this.services.store, (await sweepOf(this.services, id)).id);
    return this.show(id);
  }

  @Delete(':id')
  delete(@Param('id') id: string) {
    return this.cancel(id);
  }

  @Post(':id/retry')
  @HttpCode(200)
  async retry(@Param('id') id: string) {
    const { store, queue } = this.services;
    await retryFailed(store, queue, (await sweepOf(this.services, id)).id);
    return this.show(id);
  }
}

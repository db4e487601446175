import { Controller, Delete, Get, HttpCode, Inject, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { ServerResponse } from 'node:http';
import { cancelSweep } from '@elucidate/dispatch/cancel';
import { deleteSweep } from '@elucidate/dispatch/delete';
import type { SpecText } from '@elucidate/dispatch/plan-messages';
import { Planner } from '@elucidate/dispatch/planner';
import type { Queue } from '@elucidate/dispatch/queue';
import { submitPlan } from '@elucidate/dispatch/submit';
import type { Principal } from '@elucidate/store/principal';
import { sweepEta } from '@elucidate/store/queries/sweep-eta';
import type { SweepEta } from '@elucidate/store/queries/sweep-eta';
import { listSweeps } from '@elucidate/store/queries/sweeps';
import type { SweepRef } from '@elucidate/store/queries/sweeps';
import { workRates } from '@elucidate/store/queries/rates';
import type { Store } from '@elucidate/store/store';
import { Caller } from '../http/authentication.js';
import { ifMatchSchema, requireSeen, versionTag } from '../http/if-match.js';
import type { SeenVersion } from '../http/if-match.js';
import { RequestHeader } from '../http/request-header.js';
import { SpecBody } from '../http/spec-body.js';
import { knownSweep } from '../known-sweep.js';
import { ApiProblems } from '../openapi/answers.js';
import { etaSchema } from '../schemas/eta.js';
import { planSchema } from '../schemas/plan.js';
import type { PlanAnswer } from '../schemas/plan.js';
import { idempotencyKeySchema, planQuerySchema, sweepsQuerySchema } from '../schemas/requests.js';
import type { PlanQuery, SweepsQuery } from '../schemas/requests.js';
import { deletedSchema, sweepListSchema, sweepSchema, withLinks } from '../schemas/sweeps.js';
import { QUEUE, STORE } from '../services.js';
import { SweepParam } from './sweep-param.js';

const location = { headers: { Location: { description: 'Address of the sweep.', schema: { type: 'string' as const } } } };
const etag = { headers: { ETag: { description: 'Names the version of the sweep to an edit, in If-Match.', schema: { type: 'string' as const } } } };

@Controller('v1/sweeps')
export class SweepsController {
  constructor(@Inject(STORE) private readonly store: Store, @Inject(QUEUE) private readonly queue: Queue, @Inject(Planner) private readonly planner: Planner) {}

  @Post()
  @ApiOperation({ summary: 'Submit a sweep' })
  @ApiCreatedResponse({ description: 'Submitted.', standardSchema: sweepSchema, ...location })
  @ApiOkResponse({ description: 'Was submitted before under this Idempotency-Key.', standardSchema: sweepSchema, ...location })
  @ApiProblems(409, 413, 415, 422)
  async submitSweep(@Caller() principal: Principal, @SpecBody() spec: SpecText, @RequestHeader('Idempotency-Key', idempotencyKeySchema) idempotencyKey: string | undefined, @Res({ passthrough: true }) response: ServerResponse) {
    const { sweepId, created } = await this.planner.planning(spec, (plan) => submitPlan(this.store, this.queue, plan, { principal, ...(idempotencyKey !== undefined && { idempotencyKey }) }));
    response.statusCode = created ? 201 : 200;
    response.setHeader('location', `/v1/sweeps/${sweepId}`);
    return this.answer(sweepId, principal);
  }

  @Post('plan')
  @HttpCode(200)
  @ApiOperation({ summary: 'What a sweep would take; submits nothing' })
  @ApiOkResponse({ description: 'The plan.', standardSchema: planSchema })
  @ApiProblems(413, 415, 422)
  planSweep(@Caller() principal: Principal, @SpecBody() spec: SpecText, @Query({ schema: planQuerySchema }) { why }: PlanQuery): Promise<PlanAnswer> {
    return this.planner.planning(spec, async (plan) => {
      const rates = await workRates(this.store.db);
      return why === true ? plan.summaryWithWhy(this.store.db, rates, principal) : plan.summary(this.store.db, rates);
    });
  }

  @Get()
  @ApiOperation({ summary: 'Sweeps, newest first' })
  @ApiOkResponse({ description: 'A page.', standardSchema: sweepListSchema })
  listSweeps(@Caller() principal: Principal, @Query({ schema: sweepsQuerySchema }) query: SweepsQuery) {
    return listSweeps(this.store.db, principal, query);
  }

  @Get(':id')
  @ApiOperation({ summary: 'One sweep' })
  @ApiOkResponse({ description: 'The sweep.', standardSchema: sweepSchema, ...etag })
  @ApiProblems(404)
  async getSweep(@SweepParam() { id }: SweepRef, @Caller() principal: Principal, @Res({ passthrough: true }) response: ServerResponse) {
    const sweep = await this.answer(id, principal);
    response.setHeader('etag', versionTag(sweep.version, sweep));
    return sweep;
  }

  @Get(':id/eta')
  @ApiOperation({ summary: 'When a sweep is expected to end, with a 95 % interval, and what was predicted before' })
  @ApiOkResponse({ description: 'The expectation.', standardSchema: etaSchema })
  @ApiProblems(404)
  async getEta(@SweepParam() { id }: SweepRef, @Caller() principal: Principal): Promise<SweepEta> {
    return sweepEta(this.store.db, await knownSweep(this.store.db, id, principal));
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @ApiOperation({ summary: 'Cancel a sweep; finished stages are kept' })
  @ApiOkResponse({ description: 'Cancelled.', standardSchema: sweepSchema })
  @ApiProblems(404, 409)
  async cancelSweep(@SweepParam() { id }: SweepRef, @Caller() principal: Principal) {
    await cancelSweep(this.store, id, principal);
    return this.answer(id, principal);
  }

  @Delete(':id')
  @ApiOperation({ summary: 'Delete a sweep that has ended, and the stages that no other sweep has' })
  @ApiOkResponse({ description: 'Deleted.', standardSchema: deletedSchema })
  @ApiProblems(404, 409, 412, 428)
  async deleteSweep(@SweepParam() { id }: SweepRef, @RequestHeader('If-Match', ifMatchSchema) seen: SeenVersion | undefined) {
    // until it meant this, DELETE cancelled: a client that still means that sends no If-Match
    const version = requireSeen(seen, { id, otherwise: `: DELETE deletes a sweep with its results. To cancel it, POST /v1/sweeps/${id}/cancel` });
    return { id, ...(await deleteSweep(this.store, id, version ?? undefined)) };
  }

  /** The sweep in its present state. */
  private async answer(id: string, principal: Principal) {
    return withLinks(await knownSweep(this.store.db, id, principal));
  }
}

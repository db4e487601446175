import { Controller, HttpCode, Inject, Patch, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { Queue } from '@elucidate/dispatch/queue';
import { retryFailed, retryStages } from '@elucidate/dispatch/retry';
import { pauseSweep, prioritiseSweep, resumeSweep, stopSweep } from '@elucidate/dispatch/steer';
import type { Principal } from '@elucidate/store/principal';
import { stageIdsOf } from '@elucidate/store/queries/stage-ids';
import type { SweepRef } from '@elucidate/store/queries/sweeps';
import type { Store } from '@elucidate/store/store';
import { Caller } from '../http/authentication.js';
import { ifMatchSchema } from '../http/if-match.js';
import type { SeenVersion } from '../http/if-match.js';
import { JsonBody } from '../http/json-body.js';
import { RequestHeader } from '../http/request-header.js';
import { knownSweep } from '../known-sweep.js';
import { ApiProblems } from '../openapi/answers.js';
import { precedenceBodySchema, retryBodySchema } from '../schemas/requests.js';
import type { PrecedenceBody, RetryBody } from '../schemas/requests.js';
import { sweepSchema, withLinks } from '../schemas/sweeps.js';
import { QUEUE, STORE } from '../services.js';
import { SweepParam } from './sweep-param.js';

/** Steering a sweep that runs. */
@Controller('v1/sweeps')
export class SteeringController {
  constructor(@Inject(STORE) private readonly store: Store, @Inject(QUEUE) private readonly queue: Queue) {}

  @Post(':id/pause')
  @HttpCode(200)
  @ApiOperation({ summary: 'Claim no more stages of a sweep; running ones end' })
  @ApiOkResponse({ description: 'Paused.', standardSchema: sweepSchema })
  @ApiProblems(404, 409)
  async pauseSweep(@SweepParam() { id }: SweepRef, @Caller() principal: Principal) {
    await pauseSweep(this.store, id, principal);
    return this.answer(id, principal);
  }

  @Post(':id/resume')
  @HttpCode(200)
  @ApiOperation({ summary: 'Let a paused sweep go on' })
  @ApiOkResponse({ description: 'Resumed.', standardSchema: sweepSchema })
  @ApiProblems(404, 409)
  async resumeSweep(@SweepParam() { id }: SweepRef, @Caller() principal: Principal) {
    await resumeSweep(this.store, this.queue, id, principal);
    return this.answer(id, principal);
  }

  @Post(':id/stop')
  @HttpCode(200)
  @ApiOperation({ summary: 'Let a sweep end with the cells that run; the rest is cancelled' })
  @ApiOkResponse({ description: 'Stopping, or cancelled if no cell ran.', standardSchema: sweepSchema })
  @ApiProblems(404, 409)
  async stopSweep(@SweepParam() { id }: SweepRef, @Caller() principal: Principal) {
    await stopSweep(this.store, id, principal);
    return this.answer(id, principal);
  }

  @Post(':id/retry')
  @HttpCode(200)
  @ApiOperation({ summary: "Retry a sweep's failed and cancelled stages, or some of the failed ones" })
  @ApiOkResponse({ description: 'The sweep.', standardSchema: sweepSchema })
  @ApiProblems(404, 409, 413, 415)
  async retrySweep(@SweepParam() { id }: SweepRef, @Caller() principal: Principal, @JsonBody(retryBodySchema) { failed, stages }: RetryBody) {
    const some = stages === undefined ? (failed ? 'failed' : undefined) : await stageIdsOf(this.store.db, id, stages);
    await (some === undefined ? retryFailed(this.store, this.queue, id, principal) : retryStages(this.store, this.queue, { sweepId: id, principal, stages: some }));
    return this.answer(id, principal);
  }

  @Patch(':id')
  @ApiOperation({ summary: "Change a sweep's priority, weight or concurrency" })
  @ApiOkResponse({ description: 'The sweep.', standardSchema: sweepSchema })
  @ApiProblems(404, 412, 413, 415)
  async prioritiseSweep(@SweepParam() { id }: SweepRef, @Caller() principal: Principal, @JsonBody(precedenceBodySchema) { priority, weight, concurrency }: PrecedenceBody, @RequestHeader('If-Match', ifMatchSchema) seen: SeenVersion | undefined) {
    const precedence = { ...(priority !== undefined && { priority }), ...(weight !== undefined && { weight }), ...(concurrency !== undefined && { concurrency }) };
    await prioritiseSweep(this.store, { sweepId: id, principal, precedence, ...(typeof seen === 'number' && { version: seen }) });
    return this.answer(id, principal);
  }

  /** The sweep in its present state. */
  private async answer(id: string, principal: Principal) {
    return withLinks(await knownSweep(this.store.db, id, principal));
  }
}

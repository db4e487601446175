import { Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { listWorkers, releaseWorker } from '@elucidate/store/queries/workers';
import type { Principal } from '@elucidate/store/principal';
import type { Store } from '@elucidate/store/store';
import { Caller, requireScope } from '../http/authentication.js';
import { ApiProblems } from '../openapi/answers.js';
import { releaseQuerySchema, workerIdSchema, workersQuerySchema } from '../schemas/requests.js';
import type { ReleaseQuery, WorkersQuery } from '../schemas/requests.js';
import { workerListSchema, workerSchema } from '../schemas/workers.js';
import { STORE } from '../services.js';

@Controller('v1/workers')
export class WorkersController {
  constructor(@Inject(STORE) private readonly store: Store) {}

  @Get()
  @ApiOperation({ summary: 'Workers, the last seen first' })
  @ApiOkResponse({ description: 'The workers.', standardSchema: workerListSchema })
  async listWorkers(@Query({ schema: workersQuerySchema }) query: WorkersQuery) {
    return { workers: await listWorkers(this.store.db, query) };
  }

  @Post(':id/release')
  @HttpCode(200)
  @ApiOperation({ summary: 'Let a worker take the stages again that it was set aside or quarantined for. Needs the scope admin' })
  @ApiOkResponse({ description: 'The worker, which hears of it with its next heartbeat.', standardSchema: workerSchema })
  @ApiProblems(404, 409)
  releaseWorker(@Caller() principal: Principal, @Param('id', { schema: workerIdSchema }) id: string, @Query({ schema: releaseQuerySchema }) { kind }: ReleaseQuery) {
    // it concerns everybody's stages
    requireScope(principal, 'admin');
    return releaseWorker(this.store.db, id, kind);
  }
}

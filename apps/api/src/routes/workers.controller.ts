import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { listWorkers } from '@elucidate/store/queries/workers';
import type { Store } from '@elucidate/store/store';
import { workersQuerySchema } from '../schemas/requests.js';
import type { WorkersQuery } from '../schemas/requests.js';
import { workerListSchema } from '../schemas/workers.js';
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
}

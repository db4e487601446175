import { Controller, Get, Inject, Query } from '@nestjs/common';
import { listWorkers } from '@elucidate/store/queries/workers';
import { parseRequest, workersQuerySchema } from '../schemas/requests.js';
import { SERVICES } from '../services.js';
import type { Services } from '../services.js';

@Controller('v1/workers')
export class WorkersController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Get()
  async list(@Query() query: unknown) {
    return { workers: await listWorkers(this.services.store.db, parseRequest(workersQuerySchema, query, 'query')) };
  }
}

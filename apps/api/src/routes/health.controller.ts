import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { ServerResponse } from 'node:http';
import type { Readiness } from '../schemas/health.js';
import { SERVICES } from '../services.js';
import type { Services } from '../services.js';

const answers = (asked: Promise<unknown>) => asked.then(() => 'ok' as const, () => 'unreachable' as const);

@Controller()
export class HealthController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Get('healthz')
  health() {
    return { status: 'ok' };
  }

  @Get('readyz')
  async readiness(@Res({ passthrough: true }) response: ServerResponse): Promise<Readiness> {
    const { store, queue } = this.services;
    const [database, queued] = await Promise.all([answers(store.db.query('select 1')), answers(queue.depth())]);
    const status = database === 'ok' && queued === 'ok' ? 'ok' : 'unreachable';
    response.statusCode = status === 'ok' ? 200 : 503;
    return { status, database, queue: queued, queueName: queue.name };
  }
}

import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse } from '@nestjs/swagger';
import type { ServerResponse } from 'node:http';
import type { Queue } from '@elucidate/dispatch/queue';
import type { Store } from '@elucidate/store/store';
import { healthSchema, readinessSchema } from '../schemas/health.js';
import type { Readiness } from '../schemas/health.js';
import { QUEUE, STORE } from '../services.js';

const stateOf = (answer: Promise<unknown>) => answer.then(() => 'ok' as const, () => 'unreachable' as const);

@Controller()
export class HealthController {
  constructor(@Inject(STORE) private readonly store: Store, @Inject(QUEUE) private readonly queue: Queue) {}

  @Get('healthz')
  @ApiOperation({ summary: 'Whether the process is alive' })
  @ApiOkResponse({ description: 'It is.', standardSchema: healthSchema })
  health() {
    return { status: 'ok' };
  }

  @Get('readyz')
  @ApiOperation({ summary: 'Whether database and queue answer' })
  @ApiOkResponse({ description: 'Both do.', standardSchema: readinessSchema })
  @ApiServiceUnavailableResponse({ description: 'One does not.', standardSchema: readinessSchema })
  async readiness(@Res({ passthrough: true }) response: ServerResponse): Promise<Readiness> {
    const [database, queue] = await Promise.all([stateOf(this.store.db.query('select 1')), stateOf(this.queue.depth())]);
    const status = database === 'ok' && queue === 'ok' ? 'ok' : 'unreachable';
    response.statusCode = status === 'ok' ? 200 : 503;
    return { status, database, queue, queueName: this.queue.name };
  }
}

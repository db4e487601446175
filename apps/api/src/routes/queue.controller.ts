import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { Queue } from '@elucidate/dispatch/queue';
import { stageKinds } from '@elucidate/experiment/stages';
import { queueSchema } from '../schemas/queue.js';
import type { QueueAnswer } from '../schemas/queue.js';
import { QUEUE } from '../services.js';

@Controller('v1')
export class QueueController {
  constructor(@Inject(QUEUE) private readonly queue: Queue) {}

  @Get('queue')
  @ApiOperation({ summary: 'How many stages wait for a slot, by kind' })
  @ApiOkResponse({ description: 'The depth of the queue.', standardSchema: queueSchema })
  async getQueue(): Promise<QueueAnswer> {
    const depth = await this.queue.depth();
    return { name: this.queue.name, jobs: stageKinds.map((kind) => ({ kind, waiting: depth[kind] })).filter(({ waiting }) => waiting > 0) };
  }
}

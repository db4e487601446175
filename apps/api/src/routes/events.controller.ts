import { Controller, Get, Headers, Inject, Param, Query, Req, Res } from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { streamEvents } from '../events/sse.js';
import { eventsQuerySchema, parseRequest } from '../schemas/requests.js';
import { SERVICES } from '../services.js';
import type { Services } from '../services.js';
import { sweepOf } from './sweep-of.js';

@Controller('v1')
export class EventsController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Get('events')
  all(@Query() query: unknown, @Headers('last-event-id') last: string | undefined, @Res() response: ServerResponse): void {
    streamEvents(response, { feed: this.services.feed, after: placeOf(query, last) });
  }

  @Get('sweeps/:id/events')
  async ofSweep(@Param('id') id: string, @Query() query: unknown, @Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    const { id: sweepId } = await sweepOf(this.services, id);
    const last = request.headers['last-event-id'];
    streamEvents(response, { feed: this.services.feed, sweepId, after: placeOf(query, last?.toString()) ?? 0 });
  }
}

/** After which event a stream goes on: Last-Event-ID, which a browser sends by itself on reconnecting, goes before ?after=. */
function placeOf(query: unknown, lastEventId: string | undefined): number | undefined {
  const { after } = parseRequest(eventsQuerySchema, query, 'query');
  if (lastEventId === undefined || lastEventId === '') return after;
  return parseRequest(eventsQuerySchema, { after: lastEventId }, 'Last-Event-ID').after;
}

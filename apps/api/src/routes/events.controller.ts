import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import type { ServerResponse } from 'node:http';
import type { SweepRef } from '@elucidate/store/queries/sweeps';
import { EventFeed } from '../events/feed.js';
import { streamEvents } from '../events/sse.js';
import { sees } from '@elucidate/store/access';
import type { Principal } from '@elucidate/store/principal';
import { Caller } from '../http/authentication.js';
import { RequestHeader } from '../http/request-header.js';
import { ApiMedia, ApiProblems } from '../openapi/answers.js';
import { eventsQuerySchema, lastEventIdSchema } from '../schemas/requests.js';
import type { EventsQuery } from '../schemas/requests.js';
import { SweepParam } from './sweep-param.js';

const ApiEventStream = () => ApiMedia('Server-sent events: id, event (the type), data ({ sweepId, at, data } as JSON). Comments keep the connection alive.', 'text/event-stream');

const positionOf = (after: EventsQuery['after']): number | undefined => after === 'now' ? undefined : after;

/** Last-Event-ID, which a browser sends by itself when it reconnects, takes precedence over ?after=. */
@Controller('v1')
export class EventsController {
  constructor(private readonly feed: EventFeed) {}

  @Get('events')
  @ApiOperation({ summary: 'Events of the whole installation, by default from now on' })
  @ApiEventStream()
  events(@Caller() principal: Principal, @Query({ schema: eventsQuerySchema }) { after }: EventsQuery, @RequestHeader('Last-Event-ID', lastEventIdSchema) last: number | undefined, @Res() response: ServerResponse): void {
    streamEvents(response, { feed: this.feed, visible: (owner) => sees(principal, owner), after: last ?? positionOf(after) });
  }

  @Get('sweeps/:id/events')
  @ApiOperation({ summary: "A sweep's events, by default from its first" })
  @ApiEventStream()
  @ApiProblems(404)
  sweepEvents(@SweepParam() { id: sweepId }: SweepRef, @Query({ schema: eventsQuerySchema }) { after }: EventsQuery, @RequestHeader('Last-Event-ID', lastEventIdSchema) last: number | undefined, @Res() response: ServerResponse): void {
    streamEvents(response, { feed: this.feed, visible: () => true, sweepId, after: last ?? positionOf(after ?? 0) });
  }
}

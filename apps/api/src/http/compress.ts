import compression from 'compression';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Middleware: gzip and brotli for what shrinks; an event stream is sent event by event, not when a block is full. */
export const compress = compression({
  filter: (request: IncomingMessage, response: ServerResponse): boolean =>
    !String(response.getHeader('content-type')).startsWith('text/event-stream') && compression.filter(request as Parameters<typeof compression.filter>[0], response as Parameters<typeof compression.filter>[1]),
});

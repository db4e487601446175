import { jsonOf, printable } from '@elucidate/experiment/printable';
import type { ServerResponse } from 'node:http';
import type { EventFeed, FeedEvent, Follower } from './feed.js';

/** A reader this far behind is disconnected; it resumes with Last-Event-ID. */
const maxUnsentBytes = 4 * 1024 * 1024;
const keepAliveMs = 15_000;

/** An event in the server-sent events format; JSON contains no newline, so one data line is enough. */
function formatEvent({ id, sweepId, type, data, at }: FeedEvent): string {
  return `id: ${id}\nevent: ${printable(type)}\ndata: ${jsonOf({ sweepId, at, data }, 0)}\n\n`;
}

export interface Subscription {
  feed: EventFeed;
  visible: Follower['visible'];
  sweepId?: string | undefined;
  after: number | undefined;
}

/** Responds with a stream of events that ends when the client disconnects or the feed closes. */
export function streamEvents(response: ServerResponse, { feed, visible, sweepId, after }: Subscription): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
  response.write('retry: 1000\n: elucidate events\n\n');
  const send = (event: FeedEvent) => {
    response.write(formatEvent(event));
    if (response.writableLength > maxUnsentBytes) response.destroy();
  };
  // an id without data is no event: it is what a client continues from, also before its first event
  const start = (id: number) => response.write(`id: ${id}\n\n`);
  const keepAlive = setInterval(() => response.write(': keep-alive\n\n'), keepAliveMs);
  const leave = feed.follow({ visible, sweepId, after, send, start, end: () => response.end() });
  response.on('close', () => {
    clearInterval(keepAlive);
    leave();
  });
}

import { EventFeed } from './feed.js';
import type { EventSource, FeedEvent } from './feed.js';

const event = (id: number, sweepId: string | null = 'a'): FeedEvent => ({ id, sweepId, owner: sweepId, type: 'stage', data: {}, at: '' });

/** An in-memory log that behaves like the table; `onRead` runs before each read, as a concurrent writer might. */
function log(count: number, onRead: (events: FeedEvent[]) => void = () => {}): EventSource & { events: FeedEvent[] } {
  const events = Array.from({ length: count }, (_, i) => event(i + 1, i % 2 === 0 ? 'a' : 'b'));
  return {
    events,
    latest: async () => events.at(-1)?.id ?? 0,
    read: async ({ after, limit, sweepId }) => {
      onRead(events);
      return events.filter((e) => e.id > after && (sweepId === undefined || e.sweepId === sweepId)).slice(0, limit);
    },
  };
}

const fail = (error: unknown) => { throw error; };

function collect(feed: EventFeed, options: { after?: number; sweepId?: string; until: number }): Promise<number[]> {
  const ids: number[] = [];
  return new Promise((resolve) => {
    const leave = feed.follow({
      visible: () => true,
      after: options.after,
      sweepId: options.sweepId,
      end: () => {},
      start: () => {},
      send: ({ id }) => {
        ids.push(id);
        if (id < options.until) return;
        leave();
        resolve(ids);
      },
    });
  });
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

test('a reader that is far behind gets every event once and in order while new events are written', async () => {
  const source = log(1300, (events) => { if (events.length < 2000) events.push(event(events.length + 1)); });
  const feed = new EventFeed(source, fail, 1);
  const [late, early] = await Promise.all([collect(feed, { after: 700, until: 1320 }), collect(feed, { after: 0, until: 1320 })]);
  await feed.close();
  expect(late).toEqual(range(701, 1320));
  expect(early).toEqual(range(1, 1320));
});

test('a reader of one sweep gets no other sweep\'s events', async () => {
  const feed = new EventFeed(log(20), fail, 1);
  const ids = await collect(feed, { after: 4, sweepId: 'a', until: 19 });
  await feed.close();
  expect(ids).toEqual([5, 7, 9, 11, 13, 15, 17, 19]);
});

test('a reader that names no position gets the events from now on', async () => {
  const source = log(10);
  const feed = new EventFeed(source, fail, 1);
  const ids = collect(feed, { until: 12 });
  setTimeout(() => source.events.push(event(11), event(12)), 20);
  expect(await ids).toEqual([11, 12]);
  await feed.close();
});

test('a reader that names no position is sent where it starts before its first event, one that names its own is not', async () => {
  const source = log(10);
  const feed = new EventFeed(source, fail, 1);
  const heard = (after: number | undefined) => new Promise<unknown[]>((resolve) => {
    const all: unknown[] = [];
    const leave = feed.follow({ visible: () => true, after, end: () => {}, start: (id) => all.push({ start: id }), send: ({ id }) => { all.push(id); if (id === 11) { leave(); resolve(all); } } });
  });
  const both = Promise.all([heard(undefined), heard(9)]);
  setTimeout(() => source.events.push(event(11)), 20);
  expect(await both).toEqual([[{ start: 10 }, 11], [10, 11]]);
  await feed.close();
});

test('a reader that is ended before its position is known is sent nothing after that', async () => {
  const [sent, closing]: [string[], Promise<void>[]] = [[], []];
  let calls = 0;
  // first for the feed itself, then for the reader
  const latest = async (): Promise<number> => {
    calls += 1;
    if (calls === 2) closing.push(feed.close());
    return 10;
  };
  const feed: EventFeed = new EventFeed({ ...log(10), latest }, fail, 1);
  feed.follow({ visible: () => true, after: undefined, end: () => sent.push('end'), start: () => sent.push('start'), send: () => sent.push('event') });
  while (closing.length === 0) await new Promise((resolve) => { setTimeout(resolve, 1); });
  await closing[0];
  expect(sent).toEqual(['end']);
});

test('a failed read is reported, and the next poll continues without loss', async () => {
  const faults: unknown[] = [];
  let failures = 2;
  const feed = new EventFeed(log(5, () => { if (failures-- > 0) throw new Error('connection lost'); }), (error) => faults.push(error), 1);
  expect(await collect(feed, { after: 0, until: 5 })).toEqual([1, 2, 3, 4, 5]);
  await feed.close();
  expect(faults).toHaveLength(2);
});

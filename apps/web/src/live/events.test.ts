import { followEvents, openedEvent, refusedEvent, type LiveEvent } from './events.js';

/** Streams as a browser has them, without a server. */
class Source extends EventTarget {
  static readonly CLOSED = 2;
  static readonly made: Source[] = [];
  closed = false;
  readyState = 1;
  constructor(readonly address: string) {
    super();
    Source.made.push(this);
  }
  close(): void {
    this.closed = true;
  }
  send(type: string, data: object): void {
    this.dispatchEvent(new MessageEvent(type, { data: JSON.stringify(data) }));
  }
}

test('views that follow one sweep share a stream, which ends with the last of them; then another begins', () => {
  Object.assign(globalThis, { EventSource: Source });
  const received: [string, LiveEvent][] = [];
  const follow = (id: string, view: string): (() => void) => followEvents(id, (event) => received.push([view, event]));
  const [head, running, other] = [follow('a', 'head'), follow('a', 'running'), follow('b', 'other')];
  expect(Source.made.map(({ address }) => address)).toEqual(['v1/sweeps/a/events?after=now', 'v1/sweeps/b/events?after=now']);
  const [stream] = Source.made;
  stream!.send('stage.done', { sweepId: 'a' });
  expect(received).toEqual([['head', { type: 'stage.done', sweepId: 'a' }], ['running', { type: 'stage.done', sweepId: 'a' }]]);
  running();
  stream!.send('stage.done', { sweepId: 'a' });
  expect([received.length, stream!.closed]).toEqual([3, false]);
  head();
  expect([stream!.closed, Source.made[1]!.closed]).toEqual([true, false]);
  follow('a', 'again')();
  other();
  expect(Source.made.map(({ closed }) => closed)).toEqual([true, true, true]);
});

test('a stream that is opened, at first or again after it was lost, says so: what happened before it was may not come', () => {
  Object.assign(globalThis, { EventSource: Source });
  const received: LiveEvent[] = [];
  const leave = followEvents('lost', (event) => received.push(event));
  const stream = Source.made.at(-1)!;
  stream.dispatchEvent(new Event('open'));
  stream.send('sweep.paused', { sweepId: 'lost' });
  stream.dispatchEvent(new Event('error'));
  stream.dispatchEvent(new Event('open'));
  expect(received.map(({ type }) => type)).toEqual([openedEvent.type, 'sweep.paused', openedEvent.type]);
  leave();
});

test('a stream that is refused, as while the database is away, says so and is opened again; one that nobody follows any more is not', () => {
  jest.useFakeTimers();
  Object.assign(globalThis, { EventSource: Source });
  const received: LiveEvent[] = [];
  const leave = followEvents('refused', (event) => received.push(event));
  const refuse = (): void => {
    Object.assign(Source.made.at(-1)!, { readyState: Source.CLOSED }).dispatchEvent(new Event('error'));
  };
  const made = Source.made.length;
  refuse();
  jest.runAllTimers();
  expect(Source.made).toHaveLength(made + 1);
  Source.made.at(-1)!.dispatchEvent(new Event('open'));
  refuse();
  expect(received.map(({ type }) => type)).toEqual([refusedEvent.type, openedEvent.type, refusedEvent.type]);
  leave();
  jest.runAllTimers();
  expect(Source.made).toHaveLength(made + 1);
  jest.useRealTimers();
});

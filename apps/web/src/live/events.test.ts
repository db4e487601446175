import { followEvents, openedEvent, type LiveEvent } from './events.js';

/** Streams as a browser has them, without a server. */
class Source extends EventTarget {
  static readonly made: Source[] = [];
  closed = false;
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

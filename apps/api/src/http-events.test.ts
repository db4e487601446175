import { eventsAfter, latestEventId } from '@elucidate/store/queries/events';
import { post, smallSweep, startTestServer } from './server.fixture.js';
import type { TestServer } from './server.fixture.js';

let server: TestServer;
let sweepId: string;
beforeAll(async () => {
  server = await startTestServer();
  sweepId = ((await (await post(`${server.url}/v1/sweeps`, smallSweep)).json()) as { id: string }).id;
});
afterAll(() => server.close());

interface Received {
  id: number;
  type: string;
  data: { sweepId: string; at: string; data: { i?: number } };
}

const write = (from: number, to: number) =>
  server.sql(`insert into events (sweep_id, type, data) select $1, 'stage.progress', jsonb_build_object('i', i) from generate_series($2::int, $3::int) i`, [sweepId, from, to]);

/** Of everything that was written before: an event has no id until somebody reads. */
const newestId = (): Promise<number> => latestEventId(server.services.store.db);

const parseEvent = (block: string): Received => {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? '';
  return { id: Number(field('id')), type: field('event'), data: JSON.parse(field('data')) as Received['data'] };
};

/** A stream that is open. */
interface Open {
  response: Response;
  leave: AbortController;
}

async function opened(path: string, headers: Record<string, string> = {}): Promise<Open> {
  const leave = new AbortController();
  const response = await fetch(server.url + path, { headers, signal: leave.signal });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  return { response, leave };
}

/** Reads a stream until it has sent `count` events, then disconnects. */
async function readFrom({ response, leave }: Open, count: number): Promise<Received[]> {
  const received: Received[] = [];
  let text = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    received.push(...blocks.filter((block) => block.startsWith('id: ')).map(parseEvent));
    if (received.length >= count) break;
  }
  leave.abort();
  return received;
}

const read = async (path: string, count: number, headers: Record<string, string> = {}): Promise<Received[]> => readFrom(await opened(path, headers), count);

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

test('a stream cut anywhere and resumed by Last-Event-ID sends every event once, though more are being written', async () => {
  const path = `/v1/sweeps/${sweepId}/events`;
  const received: Received[] = [];
  await write(1, 40);
  for (const [count, from, to] of [[7, 41, 700], [1, 701, 720], [500, 721, 900], [393, 901, 950]] as const) {
    const writing = write(from, to);
    const last = received.at(-1)?.id;
    received.push(...(await read(path, count, last === undefined ? {} : { 'last-event-id': String(last) })).slice(0, count));
    await writing;
  }
  expect(received[0]?.type).toBe('sweep.submitted');
  expect(received.slice(1).map(({ data }) => data.data.i)).toEqual(range(1, 900));
});

test('?after= sets the start, and the stream of all sweeps includes the events of this one', async () => {
  const newest = await newestId();
  const reading = read(`/v1/events?after=${newest}`, 3);
  await write(2001, 2003);
  expect((await reading).map(({ data }) => [data.sweepId, data.data.i])).toEqual([[sweepId, 2001], [sweepId, 2002], [sweepId, 2003]]);
});

test('?after=now sends its position before any event, so that a client cut off before the first one misses none', async () => {
  const newest = await newestId();
  const leave = new AbortController();
  const { body } = await fetch(`${server.url}/v1/sweeps/${sweepId}/events?after=now`, { signal: leave.signal });
  let text = '';
  for await (const chunk of body!.pipeThrough(new TextDecoderStream())) if (/^id: \d+\n\n/m.test(text += chunk)) break;
  leave.abort();
  expect(text).toMatch(new RegExp(`\\n\\nid: ${newest}\\n\\n$`));
  await write(2501, 2501);
  expect((await read(`/v1/sweeps/${sweepId}/events`, 1, { 'last-event-id': String(newest) }))[0]?.data.data.i).toBe(2501);
});

test('an event written by a transaction that commits late is sent, not skipped', async () => {
  const newest = await newestId();
  const slow = server.services.store.db.createQueryRunner();
  await slow.startTransaction();
  await slow.query(`insert into events (sweep_id, type, data) values ($1, 'stage.progress', '{"i": 3001}')`, [sweepId]);
  await write(3002, 3002);
  const reading = read(`/v1/events?after=${newest}`, 2);
  setTimeout(() => void slow.commitTransaction().then(() => slow.release()), 700);
  expect((await reading).map(({ data }) => data.data.i).sort()).toEqual([3001, 3002]);
});

test('the deletion of a sweep is told to those who follow it, and to those who follow all and may see it', async () => {
  const { id } = (await (await post(`${server.url}/v1/sweeps`, smallSweep)).json()) as { id: string };
  await post(`${server.url}/v1/sweeps/${id}/cancel`, '');
  const newest = await newestId();
  const streams = await Promise.all([`/v1/sweeps/${id}/events?after=${newest}`, `/v1/events?after=${newest}`].map((path) => opened(path)));
  expect((await fetch(`${server.url}/v1/sweeps/${id}`, { method: 'DELETE', headers: { 'if-match': '*' } })).status).toBe(200);
  for (const [event] of await Promise.all(streams.map((stream) => readFrom(stream, 1)))) expect(event).toMatchObject({ type: 'sweep.deleted', data: { sweepId: id, data: { sweepId: id } } });
  const [all, own] = [await eventsAfter(server.services.store.db, { after: newest, limit: 9 }), await eventsAfter(server.services.store.db, { after: newest, limit: 9, sweepId: id })];
  expect(all).toMatchObject([{ sweepId: id, owner: 'local', type: 'sweep.deleted' }]);
  expect(own).toEqual(all);
  expect((await fetch(`${server.url}/v1/sweeps/${id}/events`)).status).toBe(404);
});

test('a position that is not a number is refused', async () => {
  expect((await fetch(`${server.url}/v1/events?after=-1`)).status).toBe(400);
  expect((await fetch(`${server.url}/v1/events`, { headers: { 'last-event-id': 'x' } })).status).toBe(400);
});

test('streams end when the server stops', async () => {
  const own = await startTestServer();
  const response = await fetch(`${own.url}/v1/events`);
  await own.close();
  expect(await response.text()).toContain('retry:');
});

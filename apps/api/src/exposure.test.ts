import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { createTestDatabase } from '@elucidate/embedded/test-database';
import { migrate } from '@elucidate/store/migrate';
import { connect } from '@elucidate/store/data-source';
import { createApiKey } from '@elucidate/store/queries/api-keys';
import { exposureText, refuseUnprotected, urlOn } from './exposure.js';
import { post, smallSweep, startTestServer } from './server.fixture.js';

const onNetwork = { host: '0.0.0.0', open: false };

test('a server that others can reach starts only with keys or opened on purpose, one on loopback always', async () => {
  const database = await createTestDatabase(async (url) => void (await migrate(url)));
  const db = await connect({ url: database.url, poolSize: 1 });
  await expect(refuseUnprotected(db, onNetwork)).rejects.toMatchObject({ code: 'request.invalid', message: expect.stringMatching(/HOST is 0\.0\.0\.0.*elucidate key create.*--open/s) });
  await refuseUnprotected(db, { ...onNetwork, open: true });
  for (const host of ['127.0.0.1', '127.8.8.8', '::1', 'localhost']) await refuseUnprotected(db, { host, open: false });
  await createApiKey(db, { owner: 'ann', scope: 'admin' });
  await refuseUnprotected(db, onNetwork);
  await db.destroy();
  await database.drop();
});

test('the start line names the address, and warns if others can reach it', () => {
  expect(exposureText({ host: '127.0.0.1', open: true }, 3210)).toBe('http://127.0.0.1:3210');
  expect(exposureText({ host: '0.0.0.0', open: true }, 3210)).toMatch(/port 3210 of every address of this machine \(0\.0\.0\.0\).*OPEN: without a key they may read, submit, change and delete everything/);
  expect(exposureText({ host: '192.0.2.7', open: false }, 80)).toMatch(/^http:\/\/192\.0\.2\.7:80\. Other machines can reach it; it requires a key/);
  expect([urlOn('::', 1), urlOn('2001:db8::1', 2), urlOn('0.0.0.0', 3)]).toEqual(['http://[::1]:1', 'http://[2001:db8::1]:2', 'http://127.0.0.1:3']);
});

test('an open server takes requests without a key as local, though keys exist, and those with a key as its owner\'s', async () => {
  const server = await startTestServer({ host: '0.0.0.0', open: true });
  const { key } = await createApiKey(server.services.store.db, { owner: 'ann', scope: 'submit' });
  const ownerOf = async (headers: Record<string, string>) => ((await (await post(`${server.url}/v1/sweeps`, smallSweep, { 'content-type': 'application/yaml', ...headers })).json()) as { owner: string }).owner;
  expect([await ownerOf({}), await ownerOf({ authorization: `Bearer ${key}` })]).toEqual(['local', 'ann']);
  await server.close();
});

test('a caller with too many requests is refused; another caller and the probes are not', async () => {
  const server = await startTestServer({ requestsPerMinute: 40 });
  const keys = await Promise.all(['ann', 'bob'].map((owner) => createApiKey(server.services.store.db, { owner, scope: 'submit' })));
  const [ann, bob] = keys.map(({ key }) => ({ authorization: `Bearer ${key}` }));
  const ask = async (headers: Record<string, string>, path = '/v1/workers') => fetch(server.url + path, { headers });
  const answers = await Promise.all(Array.from({ length: 50 }, () => ask(ann!)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(40);
  const refused = answers.find(({ status }) => status === 429)!;
  expect([Number(refused.headers.get('retry-after')) > 0, await refused.json()]).toEqual([true, expect.objectContaining({ code: 'request.too_many', detail: expect.stringContaining('40 requests a minute') })]);
  expect([(await ask(bob!)).status, (await ask({}, '/healthz')).status]).toEqual([200, 200]);
  const submit = async () => (await post(`${server.url}/v1/sweeps/plan`, smallSweep, { 'content-type': 'application/yaml', ...bob! })).status;
  expect([await submit(), await submit(), await submit()]).toEqual([200, 200, 429]);
  expect((await fetch(`${server.url}/v1/sweeps/none`, { method: 'DELETE', headers: bob! })).status).toBe(429);
  await server.close();
});

test('an address that keeps trying keys is refused, also without a key', async () => {
  const server = await startTestServer();
  await createApiKey(server.services.store.db, { owner: 'ann', scope: 'read' });
  const guesses = await Promise.all(Array.from({ length: 80 }, async (_, i) => (await fetch(`${server.url}/v1/sweeps`, { headers: { authorization: `Bearer guess-${i}` } })).status));
  expect([...new Set(guesses)].sort()).toEqual([401, 429]);
  expect((await fetch(`${server.url}/v1/sweeps`)).status).toBe(429);
  await server.close();
});

test('requests that are let in are none of those, also while their answers are open and once they were left', async () => {
  const server = await startTestServer();
  const leaving = new AbortController();
  const streams = await Promise.all(Array.from({ length: 65 }, () => fetch(`${server.url}/v1/events`, { signal: leaving.signal })));
  const other = async (): Promise<number> => (await fetch(`${server.url}/v1/sweeps`)).status;
  expect([streams.filter(({ status }) => status !== 200), await other()]).toEqual([[], 200]);
  leaving.abort();
  expect(await other()).toBe(200);
  await server.close();
});

test.each([
  ['headers', 'GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\nx-slow: '],
  ['bodies', 'POST /v1/sweeps HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/yaml\r\ncontent-length: 100\r\n\r\nname: '],
])('a client that never ends its %s is disconnected', async (_what, text) => {
  const server = await startTestServer({}, { headersMs: 200, requestMs: 400 });
  const socket = connectSocket(Number(new URL(server.url).port), '127.0.0.1');
  socket.resume().on('error', () => undefined).write(text);
  const dripping = setInterval(() => socket.writable && socket.write('x'), 50);
  await once(socket, 'close');
  clearInterval(dripping);
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  await server.close();
});

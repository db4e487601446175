import type { Scope } from '@elucidate/store/principal';
import { createApiKey, revokeApiKey } from '@elucidate/store/queries/api-keys';
import { scoredSweep, submitScored } from './results.fixture.js';
import { workerSchema } from './schemas/workers.js';
import { smallSweep, startTestServer, yamlType } from './server.fixture.js';
import type { TestServer } from './server.fixture.js';

let server: TestServer;
const keys: Record<string, string> = {};
/** One sweep of each owner; they share all stages but the scores of ann's larger sample. */
let anns: string;
let bobs: string;
let annsOnly: { stage: string; artifact: string; log: string };

const makeKey = async (owner: string, scope: Scope) => (await createApiKey(server.services.store.db, { owner, scope })).key;
const ask = (path: string, key?: string, init: RequestInit = {}) => fetch(server.url + path, { ...init, headers: { ...(key !== undefined && { authorization: `Bearer ${key}` }), ...init.headers } });
const submit = (key: string | undefined, body: string) => ask('/v1/sweeps', key, { method: 'POST', body, headers: yamlType });
const statusOf = async (path: string, key?: string, method = 'GET') => (await ask(path, key, { method })).status;

beforeAll(async () => {
  server = await startTestServer();
  anns = await submitScored(server, scoredSweep);
  await server.sql(`update sweeps set owner = 'ann' where id = $1`, [anns]);
  for (const [owner, scope] of [['ann', 'submit'], ['bob', 'submit'], ['eve', 'read'], ['root', 'admin']] as const) keys[owner] = await makeKey(owner, scope);
  bobs = ((await (await submit(keys['bob'], scoredSweep.replace('images: 256', 'images: 512').replace('values: [5, 10]', 'values: [5]'))).json()) as { id: string }).id;
  const [{ stage } = { stage: '' }] = await server.sql<{ stage: string }>(`select stage_id as stage from sweep_stages ss join stages s on s.id = ss.stage_id where sweep_id = $1 and kind = 'sample' limit 1`, [anns]);
  const put = async (text: string) => {
    const { hash, sizeBytes, mediaType } = await server.services.store.artifacts.put(Buffer.from(text), 'text/plain');
    await server.sql('insert into artifacts (hash, size_bytes, media_type) values ($1, $2, $3)', [hash, sizeBytes, mediaType]);
    return hash;
  };
  const [artifact, log] = [await put('ann sampled this'), await put('ann logged this')];
  await server.sql(`insert into stage_outputs values ($1, 'images', $2)`, [stage, artifact]);
  await server.sql(`insert into attempts (stage_id, token, worker_id, outcome, log_hash) values ($1, 1, 'w', 'done', $2)`, [stage, log]);
  annsOnly = { stage, artifact, log };
});
afterAll(() => server.close());

test('once a key was made every request needs one, but probes and the description of the API', async () => {
  for (const path of ['/', '/v1/sweeps', `/v1/sweeps/${anns}`, `/v1/artifacts/${annsOnly.artifact}`, '/v1/events', '/v1/workers', '/v1/leaderboard', '/v2/nothing']) {
    const response = await ask(path);
    expect([path, response.status, response.headers.get('www-authenticate')]).toEqual([path, 401, expect.stringContaining('Bearer')]);
    expect(await response.json()).toMatchObject({ code: 'request.unauthorized', detail: expect.stringContaining('elucidate key create') });
  }
  expect((await submit(undefined, smallSweep)).status).toBe(401);
  expect(await Promise.all(['/healthz', '/readyz', '/openapi.json'].map((path) => statusOf(path)))).toEqual([200, 200, 200]);
});

test('a wrong or revoked key is refused, at once', async () => {
  const key = await makeKey('ann', 'read');
  expect(await statusOf('/v1/sweeps', key)).toBe(200);
  await revokeApiKey(server.services.store.db, key);
  expect(await Promise.all([key, `${keys['ann']}x`, 'x', ''].map((wrong) => statusOf('/v1/sweeps', wrong)))).toEqual([401, 401, 401, 401]);
});

test('a browser can send a key as the password', async () => {
  const basic = (password: string) => ask('/', undefined, { headers: { authorization: `Basic ${Buffer.from(`anybody:${password}`).toString('base64')}` } });
  expect([(await basic(keys['ann']!)).status, (await basic('guess')).status]).toEqual([200, 401]);
});

/** What leads to ann's sweep, or to what only her sweep has. */
const annsReads = (): string[] => [
  ...['', '/stages', '/failures', '/leaderboard', '/tables/sampler', '/sheets', '/report', '/events'].map((part) => `/v1/sweeps/${anns}${part}`),
  `/v1/stages/${annsOnly.stage}`, `/v1/stages/${annsOnly.stage}/log`, `/v1/stages/${annsOnly.stage}/log.json?attempt=1`, `/v1/artifacts/${annsOnly.artifact}`, `/v1/artifacts/${annsOnly.log}`,
];

const openStatus = async (path: string, key: string) => {
  const leave = new AbortController();
  const { status } = await fetch(server.url + path, { headers: { authorization: `Bearer ${key}` }, signal: leave.signal });
  leave.abort();
  return status;
};

test.each([['ann', 200], ['root', 200], ['bob', 404], ['eve', 404]] as const)('%s gets %i for every read of ann\'s sweep, its stages, logs and artifacts', async (who, status) => {
  for (const path of annsReads()) expect([path, await openStatus(path, keys[who]!)]).toEqual([path, status]);
});

test('only its owner and admins control a sweep; for others it is not found', async () => {
  for (const [path, method] of [...['cancel', 'retry', 'pause', 'resume', 'stop'].map((verb) => [`/v1/sweeps/${bobs}/${verb}`, 'POST'] as const), [`/v1/sweeps/${bobs}`, 'DELETE']] as const) expect([path, await statusOf(path, keys['ann'], method)]).toEqual([path, 404]);
  expect((await ask(`/v1/sweeps/${bobs}`, keys['ann'], { method: 'PATCH', body: '{"priority": 1}', headers: { 'content-type': 'application/json' } })).status).toBe(404);
  expect(await server.sql('select state from sweeps where id = $1', [bobs])).toEqual([{ state: 'running' }]);
  expect(await statusOf(`/v1/sweeps/${bobs}/cancel`, keys['root'], 'POST')).toBe(200);
  expect(await statusOf(`/v1/sweeps/${bobs}/retry`, keys['bob'], 'POST')).toBe(200);
});

test('lists, boards and the home page hold what one sees, and a shared stage names only one\'s own sweeps', async () => {
  const sweepsOf = async (who: string) => ((await (await ask('/v1/sweeps', keys[who])).json()) as { sweeps: { id: string }[] }).sweeps.map(({ id }) => id);
  expect(await Promise.all(['ann', 'bob', 'eve', 'root'].map(sweepsOf))).toEqual([[anns], [bobs], [], [bobs, anns]]);
  const board = async (who: string) => (await ask('/v1/leaderboard', keys[who])).text();
  expect([(await board('bob')).includes(anns), (await board('ann')).includes(anns), (await board('root')).includes(anns)]).toEqual([false, true, true]);
  expect(await (await ask('/', keys['bob'])).text()).not.toContain(anns);
  const [shared] = await server.sql<{ id: string }>(`select id from stages where kind = 'extractor'`);
  const sweepIds = async (who: string) => ((await (await ask(`/v1/stages/${shared!.id}`, keys[who])).json()) as { sweepIds: string[] }).sweepIds;
  expect([await sweepIds('ann'), await sweepIds('bob'), await sweepIds('root')]).toEqual([[anns], [bobs], [anns, bobs]]);
});

test('the stream of all events has one\'s own and the installation\'s, for an admin everybody\'s', async () => {
  const heard = async (who: string) => {
    const leave = new AbortController();
    const response = await fetch(`${server.url}/v1/events?after=0`, { headers: { authorization: `Bearer ${keys[who]!}` }, signal: leave.signal });
    let text = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (text.includes('the last one')) break;
    }
    leave.abort();
    return [anns, bobs].filter((id) => text.includes(id));
  };
  await server.sql(`insert into events (type, data) values ('worker.gone', '{"note": "the last one"}')`);
  expect(await Promise.all(['ann', 'bob', 'eve', 'root'].map(heard))).toEqual([[anns], [bobs], [], [anns, bobs]]);
});

test('pruning needs the scope admin, however its path is written; the use of the disk is seen by everyone who may read', async () => {
  for (const path of ['/v1/prune', '/v1/prune/', '/V1/Prune', '/v1/prune?remove=true']) expect([path, await statusOf(path, keys['bob'], 'POST')]).toEqual([path, 403]);
  expect([await statusOf('/v1/prune', keys['root'], 'POST'), await statusOf('/v1/storage', keys['eve'])]).toEqual([200, 200]);
});

test('only an admin releases a worker, which everybody\'s stages need', async () => {
  await server.sql(`insert into workers (id, host, pid, engine, kinds, concurrency, state, set_aside) values ('w 1/x', 'h', 1, 'simd', '{train,score}', 1, 'active', '[{"kinds": ["train"], "code": "disk.full", "message": "no space", "since": "2026-01-01T00:00:00Z", "until": "2026-01-01T01:00:00Z"}]')`);
  const path = `/v1/workers/${encodeURIComponent('w 1/x')}/release`;
  expect(await Promise.all(['eve', 'ann', 'bob'].map((who) => statusOf(path, keys[who], 'POST')))).toEqual([403, 403, 403]);
  expect(await server.sql('select release_kinds from workers')).toEqual([{ release_kinds: null }]);
  expect([await statusOf(`${path}?kind=score`, keys['root'], 'POST'), await statusOf(`${path}?kind=bake`, keys['root'], 'POST'), await statusOf('/v1/workers/nobody/release', keys['root'], 'POST')]).toEqual([409, 400, 404]);
  const response = await ask(`${path}?kind=train`, keys['root'], { method: 'POST' });
  const worker: unknown = await response.json();
  expect([response.status, workerSchema.parse(worker)]).toEqual([200, worker]);
  expect(worker).toMatchObject({ id: 'w 1/x', releasing: ['train'] });
});

test('a key that may read may not submit, cancel or retry, but may plan', async () => {
  const reader = await makeKey('bob', 'read');
  const response = await submit(reader, smallSweep);
  expect([response.status, await response.json()]).toEqual([403, expect.objectContaining({ code: 'request.forbidden', detail: expect.stringContaining('scope read') })]);
  expect(await statusOf(`/v1/sweeps/${bobs}/cancel`, reader, 'POST')).toBe(403);
  expect((await ask('/v1/sweeps/plan', reader, { method: 'POST', body: smallSweep, headers: yamlType })).status).toBe(200);
});

test('a sweep belongs to the owner of the key it was submitted with, and so does its idempotency key', async () => {
  const once = async (who: string) => {
    const response = await ask('/v1/sweeps', keys[who], { method: 'POST', body: smallSweep, headers: { ...yamlType, 'idempotency-key': 'nightly' } });
    return { status: response.status, ...((await response.json()) as { id: string; owner: string }) };
  };
  const [ann, bob, again] = [await once('ann'), await once('bob'), await once('ann')];
  expect([ann.owner, bob.owner, ann.status, bob.status, again.status]).toEqual(['ann', 'bob', 201, 201, 200]);
  expect([again.id === ann.id, bob.id === ann.id]).toEqual([true, false]);
});

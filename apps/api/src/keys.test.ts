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

test('lists and boards hold what one sees, and a shared stage names only one\'s own sweeps', async () => {
  const sweepsOf = async (who: string) => ((await (await ask('/v1/sweeps', keys[who])).json()) as { sweeps: { id: string }[] }).sweeps.map(({ id }) => id);
  expect(await Promise.all(['ann', 'bob', 'eve', 'root'].map(sweepsOf))).toEqual([[anns], [bobs], [], [bobs, anns]]);
  const board = async (who: string) => (await ask('/v1/leaderboard', keys[who])).text();
  expect([(await board('bob')).includes(anns), (await board('ann')).includes(anns), (await board('root')).includes(anns)]).toEqual([false, true, true]);
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

describe('networks that are programs', () => {
  const archive = Buffer.alloc(1024);
  archive.write('main.py');
  archive.write('ustar', 257);
  const add = (key: string | undefined, body: RequestInit['body'] = archive, type = 'application/x-tar') => ask('/v1/programs', key, { method: 'POST', body, headers: { 'content-type': type } });
  const sweepOf = (contents: string) => JSON.stringify({ name: 'own', dataset: 'gaussian', parameters: { network: { value: { kind: 'program', contents, command: ['python3', 'main.py'] } } } });

  test('are for keys of scope programs and admin: others neither add nor submit them', async () => {
    const pam = await makeKey('pam', 'programs');
    const refused = await add(keys['ann']);
    expect([refused.status, ((await refused.json()) as { detail: string }).detail]).toEqual([403, expect.stringMatching(/--scope programs/)]);
    const added = await add(pam);
    const { contents } = (await added.json()) as { contents: string };
    expect([added.status, contents]).toEqual([201, expect.stringMatching(/^[0-9a-f]{64}$/)]);
    expect((await add(keys['root'])).status).toBe(201);
    expect([(await submit(keys['ann'], sweepOf(contents))).status, (await submit(pam, sweepOf(contents))).status]).toEqual([403, 201]);
    // scope programs is no more than submit otherwise
    expect(await statusOf(`/v1/sweeps/${anns}`, pam)).toBe(404);
    const unknown = await submit(pam, sweepOf('0'.repeat(64)));
    expect([unknown.status, ((await unknown.json()) as { detail: string }).detail]).toEqual([400, expect.stringMatching(/Nobody has added the program 000.*elucidate program add/)]);
  });

  test('are listed and forgotten by who added them, and by admins, while no sweep names them', async () => {
    const [pam, sam] = [await makeKey('pam', 'programs'), await makeKey('sam', 'programs')];
    const other = Buffer.from(archive);
    other.write('other.py');
    const { contents } = (await (await add(sam, other)).json()) as { contents: string };
    const listed = async (key: string) => ((await (await ask('/v1/programs', key)).json()) as { programs: { contents: string; owner: string; sweeps: number }[] }).programs;
    const remove = async (key: string, id: string) => (await ask(`/v1/programs/${id}`, key, { method: 'DELETE' })).status;
    expect((await listed(sam)).map(({ contents: id, owner, sweeps }) => [id, owner, sweeps])).toEqual([[contents, 'sam', 0]]);
    const [pams] = await listed(pam);
    expect(pams).toMatchObject({ owner: 'pam', sweeps: 1 });
    expect((await listed(keys['root']!)).map(({ owner }) => owner)).toEqual(['sam', 'pam']);
    expect((await ask('/v1/programs', keys['ann'])).status).toBe(403);
    expect([await remove(pam, contents), await remove(sam, pams!.contents), await remove(pam, pams!.contents), await remove(pam, 'abcd')]).toEqual([404, 404, 409, 400]);
    expect([await remove(sam, contents), await remove(sam, contents), await listed(sam)]).toEqual([200, 404, []]);
    expect((await submit(sam, sweepOf(contents))).status).toBe(400);
  });

  test('are refused as what they are not', async () => {
    expect((await add(keys['root'], 'not a tar file')).status).toBe(400);
    expect((await add(keys['root'], archive, 'application/zip')).status).toBe(415);
  });

  test('are not for requests without a key, unless the API says so', async () => {
    const open = await startTestServer({ open: true });
    try {
      const post = () => fetch(`${open.url}/v1/programs`, { method: 'POST', body: archive, headers: { 'content-type': 'application/x-tar' } });
      const refused = await post();
      expect([refused.status, ((await refused.json()) as { detail: string }).detail]).toEqual([403, expect.stringMatching(/ELUCIDATE_PROGRAMS=1/)]);
      open.services.env.programs = true;
      expect((await post()).status).toBe(201);
    } finally {
      await open.close();
    }
  });
});

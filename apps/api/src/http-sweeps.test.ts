import { localPrincipal } from '@elucidate/store/principal';
import { post, smallSweep, startTestServer, yamlType } from './server.fixture.js';
import type { TestServer } from './server.fixture.js';
import { knownSweep } from './known-sweep.js';
import { prunedSchema, storageSchema } from './schemas/storage.js';
import { deletedSchema } from './schemas/sweeps.js';

let server: TestServer;
beforeAll(async () => { server = await startTestServer(); });
afterAll(() => server.close());

interface Sweep {
  id: string;
  state: string;
  trials: number;
  stages: Record<string, number>;
}

const get = async <T>(path: string): Promise<T> => (await fetch(server.url + path)).json() as Promise<T>;
const submit = (body: string, headers = {}) => post(`${server.url}/v1/sweeps`, body, { ...yamlType, ...headers });
const named = (name: string) => smallSweep.replace('name: small', `name: ${name}`);

test('a sweep is accepted with 201 and its location, its stages are planned once and the first ones queued', async () => {
  const response = await submit(smallSweep);
  const sweep = (await response.json()) as Sweep;
  expect([response.status, response.headers.get('location')]).toEqual([201, `/v1/sweeps/${sweep.id}`]);
  expect(sweep).toMatchObject({ name: 'small', state: 'running', cells: 2, trials: 2 });
  const kinds = await server.sql(`select kind, state, count(*)::int as n from stages group by 1, 2 order by 1`);
  expect(kinds).toEqual([
    { kind: 'embed', state: 'waiting', n: 2 }, { kind: 'extractor', state: 'ready', n: 1 }, { kind: 'reference', state: 'waiting', n: 1 },
    { kind: 'sample', state: 'waiting', n: 2 }, { kind: 'score', state: 'waiting', n: 2 }, { kind: 'train', state: 'ready', n: 1 },
  ]);
  expect(await server.services.queue.depth()).toMatchObject({ extractor: 1, train: 1, sample: 0 });
});

test('a repeated Idempotency-Key returns the first sweep with 200, and a conflict if the sweep differs', async () => {
  const key = { 'idempotency-key': 'key-1' };
  const first = await submit(named('once'), key);
  const again = await submit(named('once'), key);
  const other = await submit(named('other'), key);
  const [a, b] = (await Promise.all([first.json(), again.json()])) as [Sweep, Sweep];
  expect([first.status, again.status, other.status]).toEqual([201, 200, 409]);
  expect(b.id).toBe(a.id);
  expect(await other.json()).toMatchObject({ code: 'request.conflict', detail: expect.stringContaining('key-1') as string });
  expect(await server.sql(`select count(*)::int as n from sweeps where name in ('once', 'other')`)).toEqual([{ n: 1 }]);
});

test('eight concurrent submissions under one key create one sweep', async () => {
  const answers = await Promise.all(Array.from({ length: 8 }, () => submit(named('rush'), { 'idempotency-key': 'key-rush' })));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 200, 200, 201]);
  expect(new Set(((await Promise.all(answers.map((answer) => answer.json()))) as Sweep[]).map(({ id }) => id)).size).toBe(1);
});

test('a sweep as JSON and as YAML shares every stage', async () => {
  const before = await server.sql('select count(*)::int as n from stages');
  const json = JSON.stringify({ name: 'json', dataset: { name: 'fashion-mnist', resolution: 16 }, parameters: { sampler: { values: [{ kind: 'ddim' }, { kind: 'heun' }] }, steps: { value: 5 } }, train: { network: 'tiny', images: 256, batch: 32 }, evaluate: { samples: 64 } });
  expect((await post(`${server.url}/v1/sweeps`, json, { 'content-type': 'application/json' })).status).toBe(201);
  expect(await server.sql('select count(*)::int as n from stages')).toEqual(before);
});

test('a dry run counts cells, trials and training runs, and writes nothing', async () => {
  const before = await server.sql('select count(*)::int as n from sweeps');
  const response = await post(`${server.url}/v1/sweeps/plan`, `${named('dry')}seeds: { train: [1, 2], sample: [1, 2] }\n`);
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ cells: 2, trials: 8, saving: { trainingRuns: 2, trainingRunsOnePerTrial: 8 }, alreadyDone: 0 });
  expect(await server.sql('select count(*)::int as n from sweeps')).toEqual(before);
});

test.each([['plan', '/v1/sweeps/plan', 200], ['submitted', '/v1/sweeps', 201]])('health checks are answered while a sweep of 5,000 cells is %s', async (what, path, status) => {
  const axis = (length: number) => JSON.stringify({ values: Array.from({ length }, (_, index) => index + 1) });
  const body = `name: ${what}\ndataset: { name: fashion-mnist, resolution: 16 }\nparameters: { steps: ${axis(1000)}, sampler: { values: [{ kind: ddim }, { kind: ddpm }, { kind: euler }, { kind: lms }, { kind: dpmpp-2m }] } }\n`;
  let answered = 0;
  let checking = true;
  const health = (async () => {
    while (checking) {
      expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
      answered += 1;
    }
  })();
  const response = await post(server.url + path, body);
  checking = false;
  await health;
  expect([response.status, ((await response.json()) as { cells: number }).cells]).toEqual([status, 5000]);
  // if planning ran on this event loop, only a handful of them would be answered
  expect(answered).toBeGreaterThan(20);
});

test('the pages of sweeps, newest first, list every sweep once', async () => {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const page: { sweeps: Sweep[]; nextCursor: string | null } = await get(`/v1/sweeps?limit=2${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`);
    expect(page.sweeps.length).toBeLessThanOrEqual(2);
    ids.push(...page.sweeps.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor !== null);
  const rows = await server.sql<{ id: string }>('select id from sweeps order by created_at desc, id desc');
  expect(ids).toEqual(rows.map(({ id }) => id));
});

test('cancelling ends a sweep and the stages only it needs; stages of another sweep go on', async () => {
  const own = (await (await submit(named('own').replace('images: 256', 'images: 512'))).json()) as Sweep;
  const cancelled = await post(`${server.url}/v1/sweeps/${own.id}/cancel`, '');
  expect(cancelled.status).toBe(200);
  const after = (await cancelled.json()) as Sweep;
  expect(after).toMatchObject({ state: 'cancelled' });
  expect(after.stages.cancelled).toBeGreaterThan(0);
  expect((await post(`${server.url}/v1/sweeps/${own.id}/cancel`, '')).status).toBe(409);
  const [shared] = await server.sql<{ state: string }>(`select state from stages where kind = 'extractor'`);
  expect(shared?.state).toBe('ready');
});

test('retrying a cancelled sweep starts it again', async () => {
  const sweep = (await (await submit(named('again').replace('images: 256', 'images: 1024'))).json()) as Sweep;
  await post(`${server.url}/v1/sweeps/${sweep.id}/cancel`, '');
  const retried = await post(`${server.url}/v1/sweeps/${sweep.id}/retry`, '');
  const after = (await retried.json()) as Sweep;
  expect(after).toMatchObject({ state: 'running' });
  expect(after.stages.cancelled ?? 0).toBe(0);
});

test('a sweep that has ended is deleted in the version that was seen; a bare DELETE, which once cancelled, is refused with what to send', async () => {
  const { id } = (await (await submit(named('gone').replace('images: 256', 'images: 2048'))).json()) as Sweep;
  const path = `${server.url}/v1/sweeps/${id}`;
  const remove = async (headers: Record<string, string> = {}) => {
    const response = await fetch(path, { method: 'DELETE', headers });
    return [response.status, await response.json()];
  };
  const tag = async () => (await fetch(path)).headers.get('etag')!;
  expect(await remove()).toEqual([428, expect.objectContaining({ code: 'request.precondition_required', detail: expect.stringContaining(`POST /v1/sweeps/${id}/cancel`) as string })]);
  expect(await remove({ 'if-match': await tag() })).toEqual([409, expect.objectContaining({ code: 'request.conflict', detail: expect.stringContaining('cancel it first') as string })]);
  await post(`${path}/cancel`, '');
  expect(await remove({ 'if-match': '"7"' })).toEqual([412, expect.objectContaining({ code: 'sweep.changed' })]);
  expect(await remove({ 'if-match': '7' })).toEqual([400, expect.objectContaining({ code: 'request.invalid' })]);
  const [own] = await server.sql('select count(*)::int as stages from sweep_stages ss where sweep_id = $1 and not exists (select from sweep_stages o where o.stage_id = ss.stage_id and o.sweep_id <> $1)', [id]);
  const [status, answer] = await remove({ 'if-match': await tag() });
  expect([status, deletedSchema.parse(answer)]).toEqual([200, { id, ...(own as object) }]);
  expect(await server.sql('select 1 from stages s where not exists (select from sweep_stages ss where ss.stage_id = s.id)')).toEqual([]);
  expect((await fetch(path)).status).toBe(404);
});

test('the ETag of a sweep changes with its progress too, so that an unchanged response is not sent twice', async () => {
  const { id } = (await (await submit(named('polled').replace('images: 256', 'images: 4096'))).json()) as Sweep;
  const path = `${server.url}/v1/sweeps/${id}`;
  const seen = (await fetch(path)).headers.get('etag')!;
  const poll = async () => (await fetch(path, { headers: { 'if-none-match': seen, 'cache-control': 'max-age=0' } })).status;
  expect(await poll()).toBe(304);
  await post(`${path}/cancel`, '');
  expect(await poll()).toBe(200);
});

test('the API reports the disk in use and what could be pruned, and removes it only on request', async () => {
  const storage: unknown = await get('/v1/storage');
  expect(storageSchema.parse(storage)).toEqual(storage);
  expect(storage).toMatchObject({ bytes: expect.any(Number) as number, tables: expect.arrayContaining([expect.objectContaining({ name: 'stages' })]) as unknown[] });
  await server.sql(`insert into events (type, data, at) values ('worker.gone', '{}', now() - interval '2 days')`);
  const prune = async (query: string) => {
    const response = await post(`${server.url}/v1/prune${query}`, '');
    return [response.status, await response.json()] as const;
  };
  const [, foreseen] = await prune('?olderThan=1d');
  expect(prunedSchema.parse(foreseen)).toEqual({ removed: false, stages: 0, events: 1, logs: 0, states: 0, artifacts: { count: 0, bytes: 0 }, checkpoints: { count: 0, bytes: 0 }, programs: { count: 0, bytes: 0 } });
  expect(await prune('?olderThan=1d&remove=true')).toEqual([200, { ...(foreseen as object), removed: true }]);
  expect(await prune('?olderThan=1d')).toEqual([200, { ...(foreseen as object), events: 0 }]);
  expect(await prune('?olderThan=soon')).toEqual([400, expect.objectContaining({ code: 'request.invalid', detail: expect.stringContaining('12h or 30d') as string })]);
});

test('what does not exist is a 404 that says where to look', async () => {
  for (const path of ['/v1/sweeps/nope', '/v1/sweeps/nope/stages', '/v1/sweeps/nope/leaderboard', '/v1/sweeps/nope/tables/sampler', '/v1/sweeps/nope/report', '/v1/sweeps/nope/events', '/v1/stages/abcdef0123456789', '/v1/stages/abcdef0123456789/log']) {
    const response = await fetch(server.url + path);
    expect([path, response.status]).toEqual([path, 404]);
    expect(await response.json()).toMatchObject({ code: 'not_found' });
  }
});

test('what a user wrote is in JSON as it was, but acts on no terminal', async () => {
  const name = 'a \x1b[2J \x9b31m \x7f \u202e b';
  const created = await submit(named(JSON.stringify(name)));
  const answers = [await created.text(), await (await fetch(`${server.url}/v1/sweeps`)).text(), await (await fetch(`${server.url}/v1/sweeps/${encodeURIComponent(name)}`)).text()];
  for (const text of answers) expect(text).not.toMatch(/[\p{Cc}\u202e]/u);
  expect(JSON.parse(answers[0]!)).toMatchObject({ name });
  expect(created.headers.get('content-type')).toMatch(/^application\/json/);
});

test('a sweep that is deleted while a request for it is answered is not found', async () => {
  await expect(knownSweep(server.services.store.db, 'nope', localPrincipal)).rejects.toMatchObject({ code: 'not_found' });
});

describe('steering', () => {
  const steer = async (id: string, verb: string, body = '') => {
    const response = await post(`${server.url}/v1/sweeps/${id}/${verb}`, body, { 'content-type': 'application/json' });
    return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
  };
  const submitted = async (name: string) => ((await (await submit(named(name).replace('images: 256', `images: ${1000 + name.length}`))).json()) as Sweep).id;

  test('a sweep is paused, resumed and stopped, and each answer says what it is then', async () => {
    const id = await submitted('paused');
    expect(await steer(id, 'pause')).toMatchObject({ status: 200, answer: { state: 'running', paused: true, stopping: false } });
    expect(await get(`/v1/sweeps/${id}`)).toMatchObject({ paused: true });
    expect(await steer(id, 'resume')).toMatchObject({ status: 200, answer: { state: 'running', paused: false } });
    await server.sql(`update stages set state = 'running', lease_expires_at = clock_timestamp() + interval '1 h', lease_ms = 3600000 where kind = 'train' and id in (select stage_id from sweep_stages where sweep_id = $1)`, [id]);
    expect(await steer(id, 'stop')).toMatchObject({ status: 200, answer: { state: 'running', stopping: true } });
    expect(await steer(id, 'cancel')).toMatchObject({ status: 200, answer: { state: 'cancelled', stopping: false } });
    for (const verb of ['pause', 'resume', 'stop']) expect(await steer(id, verb)).toMatchObject({ status: 409, answer: { code: 'sweep.ended' } });
  });

  test('priority, weight and concurrency are changed in the version that was seen, or in any', async () => {
    const id = await submitted('precedence');
    const patch = async (body: object, headers = {}) => {
      const response = await fetch(`${server.url}/v1/sweeps/${id}`, { method: 'PATCH', body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } });
      return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
    };
    expect(await get(`/v1/sweeps/${id}`)).toMatchObject({ priority: 0, weight: 1, concurrency: null, version: 1 });
    expect(await patch({ priority: 5, concurrency: 2 }, { 'if-match': '"1"' })).toMatchObject({ status: 200, answer: { priority: 5, weight: 1, concurrency: 2, version: 2 } });
    expect(await patch({ weight: 2 }, { 'if-match': '"1"' })).toMatchObject({ status: 412, answer: { code: 'sweep.changed' } });
    expect(await patch({ weight: 2, concurrency: null })).toMatchObject({ status: 200, answer: { priority: 5, weight: 2, concurrency: null } });
    // what it has already is no edit
    const { version } = (await patch({ priority: 5, weight: 2, concurrency: null })).answer as { version: number };
    expect(version).toBe(3);
    for (const body of [{}, { weight: 0 }, { priority: 0.5 }, { concurrency: 0 }, { name: 'x' }]) expect(await patch(body)).toMatchObject({ status: 400, answer: { code: 'request.invalid' } });
    expect(await patch({ priority: 1001 })).toMatchObject({ answer: { problems: [{ path: 'body.priority', value: '1001' }] } });
    expect(await server.sql(`select data from events where sweep_id = $1 and type = 'sweep.prioritised' order by position`, [id])).toEqual([{ data: { priority: 5, concurrency: 2, by: 'local' } }, { data: { weight: 2, concurrency: null, by: 'local' } }]);
  });

  test('some failures are tried again, named by the first digits of their ids', async () => {
    const id = await submitted('some failed');
    const [{ train } = { train: '' }] = await server.sql<{ train: string }>(`
      update stages set state = 'failed', ended_at = clock_timestamp(), error = '{"code": "stage.failed"}' where kind = 'train' and id in (select stage_id from sweep_stages where sweep_id = $1) returning id as train`, [id]).then((rows) => (Array.isArray(rows[0]) ? rows[0] : rows) as { train: string }[]);
    expect(await steer(id, 'retry', JSON.stringify({ stages: [train.slice(0, 10)] }))).toMatchObject({ status: 200, answer: { state: 'running', failures: [] } });
    expect(await server.sql('select state from stages where id = $1', [train])).toEqual([{ state: 'ready' }]);
    expect(await steer(id, 'retry', '{"failed": true}')).toMatchObject({ status: 200 });
    expect(await steer(id, 'retry', '{"stages": ["00000000"]}')).toMatchObject({ status: 404, answer: { code: 'not_found' } });
    const sentAs = async (type: string, body: string) => (await post(`${server.url}/v1/sweeps/${id}/retry`, body, { 'content-type': type })).status;
    // what is not read must not mean "all of them"
    expect([await sentAs('application/x-www-form-urlencoded', '{"failed": true}'), await sentAs('application/x-www-form-urlencoded', ''), await sentAs('text/plain', '{"failed": true}')]).toEqual([415, 200, 200]);
    for (const body of ['{"stages": ["x"]}', '{"stage": "00000000"}', '[1]', '{']) expect(await steer(id, 'retry', body)).toMatchObject({ status: 400, answer: { code: 'request.invalid' } });
  });
});

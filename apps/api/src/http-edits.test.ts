import { createApiKey } from '@elucidate/store/queries/api-keys';
import { scoreAll, scoredSweep, submitScored } from './results.fixture.js';
import { adviceSchema } from './schemas/advice.js';
import { editSchema } from './schemas/edits.js';
import { post, smallSweep, startTestServer, yamlType } from './server.fixture.js';
import type { TestServer } from './server.fixture.js';

let server: TestServer;
beforeAll(async () => { server = await startTestServer(); });
afterAll(() => server.close());

interface Sweep {
  id: string;
  name: string;
  state: string;
  version: number;
  cells: number;
  trials: number;
  stages: Record<string, number>;
}
interface Edit {
  version: number;
  sweep: Sweep;
  difference: { stages: { added: number; dropped: number; kept: number } };
}

const named = (name: string) => smallSweep.replace('name: small', `name: ${name}`);
const submitted = async (name: string): Promise<Sweep> => (await post(`${server.url}/v1/sweeps`, named(name))).json() as Promise<Sweep>;
const put = (id: string, body: string, headers: Record<string, string>, query = '') => fetch(`${server.url}/v1/sweeps/${id}/spec${query}`, { method: 'PUT', body, headers: { ...yamlType, ...headers } });
const extend = (id: string, body: object, { query = '', headers = {} } = {}) => post(`${server.url}/v1/sweeps/${id}/extend${query}`, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
const sweepOf = async (id: string): Promise<Sweep> => (await fetch(`${server.url}/v1/sweeps/${id}`)).json() as Promise<Sweep>;

test('a sweep file is put in the version that was seen; without one, or with an old one, the request says what to do', async () => {
  const { id } = await submitted('put');
  const wider = named('put').replace('value: 5', 'values: [5, 10]');
  const problem = async (response: Response) => [response.status, ((await response.json()) as { code: string; detail: string }).code];
  expect(await problem(await put(id, wider, {}))).toEqual([428, 'request.precondition_required']);
  expect(await problem(await put(id, wider, { 'if-match': '' }))).toEqual([428, 'request.precondition_required']);
  expect(await problem(await put(id, wider, { 'if-match': '"9"' }))).toEqual([412, 'sweep.changed']);
  expect(await problem(await put(id, 'name: x', { 'if-match': '*' }))).toEqual([422, 'spec.invalid']);
  expect(await problem(await put('nope', wider, { 'if-match': '*' }))).toEqual([404, 'not_found']);

  const tag = (await fetch(`${server.url}/v1/sweeps/${id}`)).headers.get('etag')!;
  const foreseen = await put(id, wider, { 'if-match': tag }, '?dryRun=true');
  const before = await foreseen.json();
  expect([foreseen.status, foreseen.headers.get('etag'), before]).toEqual([200, '"1"', editSchema.parse(before)]);
  expect(before).toMatchObject({ dryRun: true, version: 1, changes: [{ path: 'parameters.steps', removed: [], added: [10] }], difference: { cells: { added: 2, dropped: 0, kept: 2 } }, sweep: { cells: 2 } });

  const made = await put(id, wider, { 'if-match': tag });
  const after = (await made.json()) as Edit;
  expect([made.status, made.headers.get('etag'), after]).toEqual([200, '"2"', editSchema.parse(after)]);
  expect(after).toMatchObject({ ...(before as Edit), dryRun: false, version: 2, sweep: { version: 2, state: 'running', cells: 4, trials: 4 } });
  expect(await problem(await put(id, named('put'), { 'if-match': tag }))).toEqual([412, 'sweep.changed']);
  expect(await (await put(id, named('put'), { 'if-match': '"2"' })).json()).toMatchObject({ version: 3, difference: { cells: { added: 0, dropped: 2, kept: 2 } }, sweep: { cells: 2 } });
  expect(await server.sql(`select count(*)::int as n from stages s where state in ('waiting', 'ready') and not exists (select from sweep_stages ss where ss.stage_id = s.id)`)).toEqual([{ n: 0 }]);
});

test('of two edits made at once the second is refused', async () => {
  const { id } = await submitted('race');
  const answers = await Promise.all([10, 20].map((steps) => put(id, named('race').replace('value: 5', `value: ${steps}`), { 'if-match': '"1"' })));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
  expect(await sweepOf(id)).toMatchObject({ version: 2, cells: 2 });
});

test('the sweep file that is got can be put again, and means the same', async () => {
  const order = `name: ordered\ndataset: { name: fashion-mnist, resolution: 16 }\nparameters: { steps: { values: [10, 5] }, sampler: { values: [{ kind: ddim }, { kind: heun }] }, inputScale: { value: 1 } }\ntrain: { network: tiny, images: 256, batch: 32 }\nevaluate: { samples: 64 }\n`;
  const { id } = (await (await post(`${server.url}/v1/sweeps`, order)).json()) as Sweep;
  const got = await fetch(`${server.url}/v1/sweeps/${id}/spec`);
  const spec = (await got.json()) as { parameters: object };
  expect(Object.keys(spec.parameters).slice(0, 3)).toEqual(['steps', 'sampler', 'inputScale']);
  const cells = await server.sql('select id, position from cells where sweep_id = $1 order by position', [id]);
  const again = await put(id, JSON.stringify(spec), { 'if-match': got.headers.get('etag')!, 'content-type': 'application/json' });
  expect(await again.json()).toMatchObject({ version: 1, changes: [], difference: { cells: { added: 0, dropped: 0, kept: 4 } } });
  expect(await server.sql('select id, position from cells where sweep_id = $1 order by position', [id])).toEqual(cells);
});

test('a sweep that has ended is extended by seeds and values, keeps what is done, and runs again; what it has already changes nothing', async () => {
  const { id } = await submitted('extended');
  await server.sql(`update stages set state = 'done' where id in (select stage_id from sweep_stages where sweep_id = $1)`, [id]);
  await server.sql(`update sweeps set state = 'done', ended_at = now() where id = $1`, [id]);
  expect(await (await extend(id, { trainSeeds: [1], values: { steps: [5] } })).json()).toMatchObject({ version: 1, sweep: { state: 'done' } });
  const more = { trainSeeds: [2], sampleSeeds: [8], values: { steps: [7] } };
  const foreseen = (await (await extend(id, more, { query: '?dryRun=true' })).json()) as Edit;
  const made = await extend(id, more);
  const answer = (await made.json()) as Edit;
  expect([made.status, answer]).toEqual([200, editSchema.parse(answer)]);
  expect(answer.difference).toEqual(foreseen.difference);
  expect(answer).toMatchObject({ version: 2, difference: { trials: { added: 14, dropped: 0, changed: 0, kept: 2 }, stages: { dropped: 0, kept: 9 } }, sweep: { state: 'running', cells: 4, trials: 16, stages: { done: 9 } } });
  expect((await extend(id, { trainSeeds: [3] }, { headers: { 'if-match': '"1"' } })).status).toBe(412);
  expect((await extend(id, {})).status).toBe(400);
  expect(await (await extend(id, { values: { step: [9] } })).json()).toMatchObject({ status: 422, detail: expect.stringContaining('did you mean steps') as string });
  expect((await extend(id, { seeds: [9] })).status).toBe(400);
});

test('seeds are added to some configurations, which alone are ranked once they have them; the advice says of what they are', async () => {
  const id = await submitScored(server, scoredSweep.replace('<b>scored</b>', 'advised').replace('steps: { values: [5, 10] }', 'steps: { values: [5, 11] }'));
  const answer: unknown = await (await fetch(`${server.url}/v1/sweeps/${id}/advice`)).json();
  const advice = adviceSchema.parse(answer);
  expect(answer).toEqual(advice);
  expect(advice).toMatchObject({ sweepId: id, metric: 'fid', n: 64, among: 16, running: false, basis: { metric: 'fid', n: 64, weak: expect.any(Array) as string[] } });
  expect(advice.rivals).toHaveLength(15);
  const offer = advice.offers.find(({ more, level, rivals }) => more > 0 && level === 'train' && rivals.length === 1) ?? advice.offers[0]!;
  const cells = [advice.best.cellId, ...offer.rivals];
  const made = (await (await extend(id, { cells: cells.map((cell) => cell.slice(0, 12)), trainSeeds: [3, 4] })).json()) as Edit;
  expect(made).toMatchObject({ difference: { trials: { added: 2 * cells.length, dropped: 0, changed: 0 } }, sweep: { trials: 32 + 2 * cells.length } });
  await scoreAll(server, id);
  const { groups } = (await (await fetch(`${server.url}/v1/sweeps/${id}/leaderboard`)).json()) as { groups: { choice: { among: number }; rows: { cellId: string; rank: number | null; notRanked?: string }[] }[] };
  const rows = groups[0]!.rows;
  expect(rows.filter(({ rank }) => rank !== null).map(({ cellId }) => cellId).sort()).toEqual([...cells].sort());
  expect(new Set(rows.filter(({ rank }) => rank === null).map(({ notRanked }) => notRanked))).toEqual(new Set(['2 of 4 trials']));
  const then = adviceSchema.parse(await (await fetch(`${server.url}/v1/sweeps/${id}/advice`)).json());
  expect(then.rivals).toHaveLength(15);
  expect(then.rivals.find(({ cellId }) => cellId === cells.find((cell) => cell !== then.best.cellId))).toMatchObject({ trainingRuns: 4, samples: 1 });
  expect(await (await extend(id, { cells: ['abcdef123456'], trainSeeds: [3] })).json()).toMatchObject({ status: 404 });
  expect((await extend(id, { cells })).status).toBe(400);
  expect((await extend(id, { cells, values: { steps: [20] } })).status).toBe(400);
  const unscored = (await (await post(`${server.url}/v1/sweeps`, scoredSweep.replace('<b>scored</b>', 'unscored').replace('images: 256', 'images: 288'))).json()) as Sweep;
  expect((await fetch(`${server.url}/v1/sweeps/${unscored.id}/advice`)).status).toBe(400);
});

test('extensions made at once are all made', async () => {
  const { id } = await submitted('many');
  const answers = await Promise.all([2, 3, 4].map((seed) => extend(id, { trainSeeds: [seed] })));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(await sweepOf(id)).toMatchObject({ version: 4, trials: 8 });
});

test('sweeps are found by their name', async () => {
  const { id } = await submitted('"a name: with + and #"');
  const { sweeps } = (await (await fetch(`${server.url}/v1/sweeps?${new URLSearchParams({ name: 'a name: with + and #' }).toString()}`)).json()) as { sweeps: Sweep[] };
  expect(sweeps.map((sweep) => sweep.id)).toEqual([id]);
});

// last: from here on the server requires keys
test('only its owner and admins edit a sweep, with a key that may submit', async () => {
  const { id } = await submitted('owned');
  await server.sql(`update sweeps set owner = 'ann' where id = $1`, [id]);
  const status = async (owner: string, scope: 'read' | 'submit' | 'admin') => {
    const headers = { 'if-match': '*', authorization: `Bearer ${(await createApiKey(server.services.store.db, { owner, scope })).key}` };
    return [(await put(id, named('owned'), headers)).status, (await extend(id, { trainSeeds: [2] }, { headers, query: '?dryRun=true' })).status];
  };
  expect(await Promise.all([status('bob', 'submit'), status('ann', 'read'), status('ann', 'submit'), status('root', 'admin')])).toEqual([[404, 404], [403, 403], [200, 200], [200, 200]]);
});

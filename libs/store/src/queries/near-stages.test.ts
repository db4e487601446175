import type { PlannedStage } from '@elucidate/experiment/stages';
import { whyOf, type WhyGroup } from '@elucidate/experiment/why';
import { localPrincipal, type Principal } from '../principal.js';
import { useDatabase } from '../test-store.fixture.js';
import { whyRun } from './near-stages.js';

const store = useDatabase();
const ann: Principal = { id: 'ann', scope: 'submit' };

const stage = (id: string, kind: PlannedStage['kind'], { params = {}, inputs = {}, codeVersion = 2 }: { params?: object; inputs?: Record<string, string>; codeVersion?: number } = {}): PlannedStage => ({ id, kind, codeVersion, params: params as PlannedStage['params'], inputs, work: 1 });

async function enter(one: PlannedStage, { owner, state = 'done' }: { owner: string; state?: string }): Promise<void> {
  await store.db.query(`insert into stages (id, kind, code_version, params, state, work, ended_at) values ($1, $2, $3, $4, $5, 1, clock_timestamp())`, [one.id, one.kind, one.codeVersion, JSON.stringify(one.params), state]);
  for (const [name, input] of Object.entries(one.inputs)) await store.db.query('insert into stage_inputs values ($1, $2, $3)', [one.id, name, input]);
  await store.db.query('insert into sweep_stages values ($1, $2, 0, false)', [owner, one.id]);
}

beforeAll(async () => {
  for (const owner of ['ann', 'bob']) await store.db.query(`insert into sweeps (id, name, owner, state, spec, spec_hash) values ($1, 'x', $1, 'done', '{}', 'h')`, [owner]);
  await enter(stage('t1', 'train', { params: { seed: 1, schedule: { kind: 'cosine', tau: 1 } } }), { owner: 'ann' });
  await enter(stage('t2', 'train', { params: { seed: 2, schedule: { kind: 'cosine', tau: 2 } } }), { owner: 'bob' });
  await enter(stage('t3', 'train', { params: { seed: 9 } }), { owner: 'ann', state: 'quarantined' });
  await enter(stage('s1', 'sample', { params: { steps: 5 }, inputs: { train: 't1' } }), { owner: 'ann' });
  // nearer by its params, but of another network
  await enter(stage('s2', 'sample', { params: { steps: 10 }, inputs: { train: 't2' } }), { owner: 'bob' });
});

async function why(stages: readonly PlannedStage[], principal: Principal): Promise<WhyGroup[]> {
  const done = await store.db.query<{ id: string }[]>(`select id from stages where state = 'done'`);
  return whyRun(store.db, whyOf(stages, new Set(done.map(({ id }) => id))), principal);
}

test('the nearest of the kind is found, as far as one may see it', async () => {
  const wanted = [stage('new', 'train', { params: { seed: 1, schedule: { kind: 'cosine', tau: 2 } } })];
  expect(await why(wanted, localPrincipal)).toMatchObject([{ why: 'differs', stages: 1, differences: [expect.anything()] }]);
  expect(await why(wanted, ann)).toEqual([{ kind: 'train', why: 'differs', stages: 1, differences: [{ path: 'schedule.tau', from: [1], to: [2], more: false }], example: { stage: 'new', nearest: 't1' } }]);
});

test('a stage is compared with those that read the same inputs, before others of its kind', async () => {
  expect(await why([stage('new', 'sample', { params: { steps: 10 }, inputs: { train: 't1' } })], localPrincipal)).toMatchObject([{ differences: [{ path: 'steps', from: [5], to: [10] }], example: { nearest: 's1' } }]);
  // nothing reads t2 that ann may see: what differs is the network, too
  expect(await why([stage('new', 'sample', { params: { steps: 5 }, inputs: { train: 't2' } })], ann)).toMatchObject([{ differences: [{ path: 'input train', from: ['t1'], to: ['t2'] }], example: { nearest: 's1' } }]);
});

test('one that is there and not done, one of another code version and the first of its kind are told apart', async () => {
  const wanted = [stage('t3', 'train', { params: { seed: 9 } }), stage('v', 'train', { params: { seed: 1, schedule: { kind: 'cosine', tau: 1 } }, codeVersion: 3 }), stage('x', 'extractor')];
  expect((await why(wanted, ann)).map(({ kind, why: reason, state, differences }) => [kind, reason, state ?? differences?.map(({ path }) => path)])).toEqual([['train', 'unfinished', 'quarantined'], ['train', 'differs', ['code version']], ['extractor', 'first', undefined]]);
  // of others' stages nothing is said
  expect(await why(wanted.slice(0, 1), { id: 'bob', scope: 'read' })).toMatchObject([{ why: 'differs', example: { nearest: 't2' } }]);
});

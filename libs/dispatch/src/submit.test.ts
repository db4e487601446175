import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { planSweep } from '@elucidate/experiment/plan';
import { parseSpec } from '@elucidate/experiment/parse-spec';
import type { Spec } from '@elucidate/experiment/spec';
import { fileOf } from '@elucidate/store/artifact-stores/folder';
import { localPrincipal, type Principal } from '@elucidate/store/principal';
import { listPrograms, recordProgram, removeProgram } from '@elucidate/store/queries/programs';
import { stageGraph } from '@elucidate/store/queries/stage-graph';
import { doneStages } from '@elucidate/store/queries/stages';
import { getSweep } from '@elucidate/store/queries/sweeps';
import type { EntityManager } from 'typeorm';
import { cancelSweep } from './cancel.js';
import { complete } from './complete.js';
import { editSweep } from './edit.js';
import { provenance } from './execute.fixture.js';
import { fail } from './fail.js';
import { createInlineQueue } from './inline.js';
import { claim, heartbeat } from './lease.js';
import { fanSketch, sketchSweep } from './plan.fixture.js';
import type { Queue } from './queue.js';
import { retryFailed } from './retry.js';
import { openTestStore, type TestStore } from './store.fixture.js';
import { plannedSweep, submitPlan, type PlannedSweep } from './submit.js';

let database: TestStore;
let queue: Queue;
const worker = { workerId: 'w1', leaseMs: 60_000 };

beforeEach(async () => {
  database = await openTestStore();
  queue = createInlineQueue();
});
afterEach(() => database.close());

const submit = (planned: PlannedSweep, options = {}) => submitPlan(database.store, queue, planned, { principal: localPrincipal, ...options });
const planned = (spec: Spec): PlannedSweep => plannedSweep(spec, planSweep(spec));
const statesOf = async (ids: readonly string[]): Promise<string[]> => {
  const stages: { id: string; state: string }[] = await database.store.db.query('select id, state from stages');
  return ids.map((id) => stages.find((stage) => stage.id === id)?.state ?? 'absent');
};
const sweepState = async (id: string): Promise<string> => (await database.store.db.query('select state from sweeps where id = $1', [id]))[0].state;

/** Runs ready stages until none are left; returns how many it ran. */
async function drain(): Promise<number> {
  for (let count = 0; ; count++) {
    const [stage] = await database.store.db.query(`select id from stages where state = 'ready' limit 1`);
    if (stage === undefined) return count;
    const lease = await claim(database.store.db, stage.id, worker);
    const file = await database.store.artifacts.put(Buffer.from(stage.id), 'text/plain');
    if (lease !== null) await complete(database.store.db, lease, { outputs: { file }, metrics: [{ name: 'm', value: 1 }], provenance });
  }
}

const spec = parseSpec({ name: 'two schedules', dataset: { name: 'fashion-mnist', resolution: 16 }, parameters: { schedule: { values: [{ kind: 'linear' }, { kind: 'cosine' }] }, steps: { values: [5, 10] } }, seeds: { train: [1], sample: [1, 2] } });

test('a submitted sweep has its cells, trials and stages; stages without inputs are ready and queued', async () => {
  const plan = planSweep(spec);
  const submission = await submit(planned(spec));
  expect(submission).toMatchObject({ created: true, cells: plan.cells.length, trials: plan.trials.length, stages: plan.stages.length, reused: 0 });
  const first = plan.stages.filter(({ inputs }) => Object.keys(inputs).length === 0).map(({ id }) => id);
  expect(new Set(await statesOf(first))).toEqual(new Set(['ready']));
  expect(await queue.depth()).toMatchObject({ train: 2, extractor: 1, sample: 0 });
  expect(await database.store.db.query('select type from events')).toEqual([{ type: 'sweep.submitted' }]);
});

test('the same key and spec return the same sweep; another spec is a conflict', async () => {
  const first = await submit(planned(spec), { principal: localPrincipal, idempotencyKey: 'k' });
  expect(await submit(planned(spec), { principal: localPrincipal, idempotencyKey: 'k' })).toEqual({ ...first, created: false });
  await expect(submit(planned({ ...spec, name: 'other' }), { principal: localPrincipal, idempotencyKey: 'k' })).rejects.toMatchObject({ code: 'request.conflict' });
  expect(await database.store.db.query('select count(*)::int as n from sweeps')).toEqual([{ n: 1 }]);
});

test('a sweep belongs to its submitter, keys of two principals do not collide, and events name who cancelled or retried', async () => {
  const other: Principal = { id: 'somebody else', scope: 'submit' };
  const [first, second] = [await submit(planned(spec), { principal: localPrincipal, idempotencyKey: 'k' }), await submit(planned({ ...spec, name: 'other' }), { principal: other, idempotencyKey: 'k' })];
  await cancelSweep(database.store, first.sweepId, other);
  await cancelSweep(database.store, second.sweepId, localPrincipal);
  await retryFailed(database.store, queue, second.sweepId, other);
  expect(await database.store.db.query('select id, owner from sweeps order by created_at')).toEqual([{ id: first.sweepId, owner: 'local' }, { id: second.sweepId, owner: 'somebody else' }]);
  const acts = await database.store.db.query(`select sweep_id, type, data->>'by' as by from events where data ? 'by' order by id`);
  expect(acts).toEqual([
    { sweep_id: first.sweepId, type: 'sweep.ended', by: 'somebody else' },
    { sweep_id: second.sweepId, type: 'sweep.ended', by: 'local' },
    { sweep_id: second.sweepId, type: 'sweep.retried', by: 'somebody else' },
  ]);
});

test('eight clients that submit two overlapping sweeps at once create each stage once', async () => {
  const [wide, narrow] = [sketchSweep(fanSketch(20)), sketchSweep(fanSketch(10))];
  await Promise.all(Array.from({ length: 8 }, (_, i) => submit(i % 2 === 0 ? wide : narrow)));
  expect(await database.store.db.query('select count(*)::int as n from stages')).toEqual([{ n: wide.plan.stages.length }]);
  expect(await drain()).toBe(wide.plan.stages.length);
  expect(await database.store.db.query('select distinct state from sweeps')).toEqual([{ state: 'done' }]);
});

test('a sweep whose stages are all done is done on submission', async () => {
  const planned = sketchSweep(fanSketch(2));
  await submit(planned);
  await drain();
  const again = await submit(planned);
  expect(again).toMatchObject({ created: true, reused: planned.plan.stages.length });
  expect(await sweepState(again.sweepId)).toBe('done');
  expect((await doneStages(database.store.db, planned.plan.stages.map(({ id }) => id))).size).toBe(planned.plan.stages.length);
});

test('a new submission restarts what failed before, and only that', async () => {
  const planned = sketchSweep(fanSketch(2));
  const [, , trainA] = planned.plan.stages.map(({ id }) => id);
  await submit(planned);
  const lease = await claim(database.store.db, trainA ?? '', worker);
  await fail(database.store.db, lease ?? { stageId: '', token: 0 }, new Error('broken'));
  const others = await drain();
  const again = await submit(planned);
  expect(again.reused).toBe(others);
  expect(await drain()).toBe(planned.plan.stages.length - others);
  expect(await sweepState(again.sweepId)).toBe('done');
});

test('a done stage whose file is missing runs again if something still has to read it', async () => {
  const [two, three] = [sketchSweep(fanSketch(2)), sketchSweep(fanSketch(3))];
  await submit(two);
  await drain();
  const [extractor] = two.plan.stages;
  const [{ hash }] = await database.store.db.query('select hash from stage_outputs where stage_id = $1', [extractor?.id]);
  const missing = fileOf(join(database.home, 'artifacts'), hash);
  await rm(missing);
  await submit(three);
  expect(await statesOf([extractor?.id ?? ''])).toEqual(['ready']);
  expect(await drain()).toBe(1 + 4);
  expect((await database.store.artifacts.hasMany([hash])).has(hash)).toBe(true);
});

test('a retry recreates a lost file that a failed stage reads', async () => {
  const planned = sketchSweep(fanSketch(1));
  const { sweepId } = await submit(planned);
  const [extractor, reference] = planned.plan.stages.map(({ id }) => id);
  const lease = await claim(database.store.db, extractor ?? '', worker);
  const file = await database.store.artifacts.put(Buffer.from('weights'), 'text/plain');
  await complete(database.store.db, lease ?? { stageId: '', token: 0 }, { outputs: { file }, metrics: [], provenance });
  await rm(fileOf(join(database.home, 'artifacts'), file.hash));
  await fail(database.store.db, (await claim(database.store.db, reference ?? '', worker)) ?? { stageId: '', token: 0 }, new Error('its input is gone'));
  await drain();
  expect(await sweepState(sweepId)).toBe('failed');
  await retryFailed(database.store, queue, sweepId, localPrincipal);
  expect(await statesOf([extractor ?? '', reference ?? ''])).toEqual(['ready', 'waiting']);
  await drain();
  expect(await sweepState(sweepId)).toBe('done');
});

test('cancelling keeps what is done and what another running sweep needs', async () => {
  const [wide, narrow] = [sketchSweep(fanSketch(2)), sketchSweep(fanSketch(1))];
  const { sweepId } = await submit(wide);
  const other = await submit(narrow);
  const own = wide.plan.stages.slice(narrow.plan.stages.length).map(({ id }) => id);
  const lease = await claim(database.store.db, own[0] ?? '', worker);
  expect(await cancelSweep(database.store, sweepId, localPrincipal)).toEqual({ cancelled: 4 });
  expect(await statesOf(own)).toEqual(['cancelled', 'cancelled', 'cancelled', 'cancelled']);
  expect(await heartbeat(database.store.db, lease ?? { stageId: '', token: 0 }, 1000)).toBe('cancelled');
  expect(await drain()).toBe(narrow.plan.stages.length);
  expect([await sweepState(sweepId), await sweepState(other.sweepId)]).toEqual(['cancelled', 'done']);
  await expect(cancelSweep(database.store, sweepId, localPrincipal)).rejects.toMatchObject({ code: 'sweep.ended' });
  await expect(cancelSweep(database.store, 'nope', localPrincipal)).rejects.toMatchObject({ code: 'not_found' });
});

test('a sweep runs the stages that another cancels at the moment before it can be seen', async () => {
  const planned = sketchSweep(fanSketch(1));
  const { sweepId } = await submit(planned);
  const { db } = database.store;
  const transaction = (work: (tx: EntityManager) => Promise<unknown>): Promise<unknown> => db.transaction(async (tx) => {
    const entered = await work(tx);
    await cancelSweep(database.store, sweepId, localPrincipal);
    return entered;
  });
  const slow = new Proxy(db, { get: (target, key) => (key === 'transaction' ? transaction : Reflect.get(target, key, target) as unknown) });
  const later = await submitPlan({ ...database.store, db: slow }, queue, planned, { principal: localPrincipal });
  expect(await drain()).toBe(planned.plan.stages.length);
  expect(await sweepState(later.sweepId)).toBe('done');
});

test('a retry restarts only what failed permanently, and the sweep completes', async () => {
  const planned = sketchSweep(fanSketch(3));
  const { sweepId } = await submit(planned);
  const lease = await claim(database.store.db, planned.plan.stages[2]?.id ?? '', worker);
  await fail(database.store.db, lease ?? { stageId: '', token: 0 }, new Error('broken'));
  await drain();
  expect(await sweepState(sweepId)).toBe('failed');
  expect(await retryFailed(database.store, queue, sweepId, localPrincipal)).toEqual({ retried: 4 });
  expect(await sweepState(sweepId)).toBe('running');
  expect(await drain()).toBe(4);
  expect(await sweepState(sweepId)).toBe('done');
  expect(await retryFailed(database.store, queue, sweepId, localPrincipal)).toEqual({ retried: 0 });
  await expect(retryFailed(database.store, queue, 'nope', localPrincipal)).rejects.toMatchObject({ code: 'not_found' });
});

describe('a program is removed while a sweep names it', () => {
  const contents = 'a'.repeat(64);
  const spec = JSON.stringify({ evaluate: { extractor: { kind: 'program', contents, command: ['python3', 'embed.py'] } } });
  const naming = (sketched = sketchSweep(fanSketch(1))): PlannedSweep => ({ ...sketched, spec });
  const remove = (): Promise<void> => removeProgram(database.store.db, contents, localPrincipal);
  const sweepsNaming = async (): Promise<number[]> => (await listPrograms(database.store.db, localPrincipal)).map(({ sweeps }) => sweeps);
  const lockAwaited = async (): Promise<void> => {
    while ((await database.store.db.query(`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  beforeEach(() => recordProgram(database.store.db, { hash: contents, sizeBytes: 1, mediaType: 'application/x-tar' }, localPrincipal));

  test('a submission under way keeps it, without making the removal wait, and so does the sweep', async () => {
    const sketched = naming();
    let refused: unknown;
    await submit({ ...sketched, chunks: (async function* () {
      refused = await remove().catch((error: unknown) => error);
      yield* sketched.chunks;
    })() });
    expect(refused).toMatchObject({ code: 'request.conflict', message: expect.stringContaining('a sweep that is being submitted') });
    await expect(remove()).rejects.toMatchObject({ code: 'request.conflict', message: expect.stringContaining('named by 1 sweep') });
    expect(await sweepsNaming()).toEqual([1]);
  });

  test.each([
    ['goes through, is refused', true],
    ['is taken back, has it', false],
  ])('a submission that meets a removal under way, which %s', async (_, goes) => {
    const removing = database.store.db.createQueryRunner();
    await removing.startTransaction();
    await removeProgram(removing, contents, localPrincipal);
    const submitted = submit(naming()).then(({ created }) => created, (error: { code: string; message: string }) => error);
    await lockAwaited();
    await (goes ? removing.commitTransaction() : removing.rollbackTransaction());
    await removing.release();
    expect(await submitted).toEqual(goes ? expect.objectContaining({ code: 'request.invalid', message: expect.stringContaining(`Nobody has added the program ${contents}`) }) : true);
    expect(await database.store.db.query('select count(*)::int as sweeps from sweeps')).toEqual([{ sweeps: goes ? 0 : 1 }]);
    expect(await sweepsNaming()).toEqual(goes ? [] : [1]);
  });

  test('an edit that meets its removal is refused; one that drops it frees it', async () => {
    const sketched = sketchSweep(fanSketch(1));
    const { sweepId } = await submit(sketched);
    const edit = (changed: PlannedSweep) => editSweep(database.store, queue, changed, { sweepId, principal: localPrincipal, version: null });
    const removing = database.store.db.createQueryRunner();
    await removing.startTransaction();
    await removeProgram(removing, contents, localPrincipal);
    const edited = edit(naming(sketched)).catch((error: { code: string }) => error);
    await lockAwaited();
    await removing.commitTransaction();
    await removing.release();
    expect(await edited).toMatchObject({ code: 'request.invalid' });
    await recordProgram(database.store.db, { hash: contents, sizeBytes: 1, mediaType: 'application/x-tar' }, localPrincipal);
    await edit(naming(sketched));
    expect(await sweepsNaming()).toEqual([1]);
    await edit(sketched);
    await remove();
    expect(await sweepsNaming()).toEqual([]);
  });
});

test('the graph of a sweep counts the trials that a second network guides, which train that too', async () => {
  const guidance = { values: [{ kind: 'none' }, { kind: 'autoguidance', scale: 2, images: 64 }, { kind: 'autoguidance', scale: 3, images: 64 }] };
  const spec = (more: object): Spec => parseSpec({ name: 'guided', dataset: { name: 'fashion-mnist', resolution: 16 }, parameters: { steps: { value: 5 } }, seeds: { train: [1, 2], sample: [1] }, train: { network: 'tiny', images: 256, batch: 32 }, evaluate: { samples: 64, metrics: ['fid'] }, ...more });
  const graphOf = async (one: Spec) => {
    const { sweepId } = await submit(planned(one));
    return stageGraph(database.store.db, { ...(await getSweep(database.store.db, sweepId, localPrincipal))! });
  };
  expect([(await graphOf(spec({ parameters: { guidance, steps: { value: 5 } } }))).guided, (await graphOf(spec({ name: 'alone' }))).guided]).toEqual([4, 0]);
});

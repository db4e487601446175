import { setTimeout as sleep } from 'node:timers/promises';
import { localPrincipal, type Principal } from '@elucidate/store/principal';
import fc from 'fast-check';
import { cancelSweep } from './cancel.js';
import { complete } from './complete.js';
import { until } from './conformance.fixture.js';
import { computeDigest } from './execute.fixture.js';
import { createInlineQueue } from './inline.js';
import { claim, claimNext, type ChosenStage } from './lease.js';
import { sketchSweep, type Sketch } from './plan.fixture.js';
import type { QueueJob } from './queue.js';
import { reconcile } from './reconcile.js';
import { result, worker } from './stage-table.fixture.js';
import { pauseSweep, prioritiseSweep, stopSweep, type Precedence } from './steer.js';
import { useTestStore } from './store.fixture.js';
import { submitPlan } from './submit.js';
import { runWorker } from './work.js';

const database = useTestStore('test');
const { query } = database;

const train: Sketch = { kind: 'train', inputs: [] };
const trains = (count: number): Sketch[] => Array.from({ length: count }, () => train);
const owner = (id: string): Principal => ({ id, scope: 'submit' });

/** Jobs in the order in which they were queued, whatever sweep they are of. */
const jobs: QueueJob[] = [];
const queue = { ...createInlineQueue(), add: async (added: readonly QueueJob[]) => void jobs.push(...added) };
beforeEach(() => void jobs.splice(0));

const submitted = async (count: number, { principal = localPrincipal, ...precedence }: Precedence & { principal?: Principal } = {}): Promise<string> => {
  const { sweepId } = await submitPlan(database.store, queue, sketchSweep(trains(count), String(Math.random())), { principal });
  if (Object.keys(precedence).length > 0) await prioritiseSweep(database.store, { sweepId, principal, precedence });
  return sweepId;
};

/** One slot that becomes free: the sweep that the next stage is of. Null: nothing is to be done. */
async function serve(): Promise<string | null> {
  const job = jobs.shift();
  const claimed = job === undefined ? null : await claimNext(database.store.db, job, worker);
  if (claimed === null) return null;
  const [{ sweep_id } = { sweep_id: '' }] = await query<{ sweep_id: string }>('select sweep_id from sweep_stages where stage_id = $1', [claimed.stageId]);
  await complete(database.store.db, claimed, result);
  return sweep_id;
}

const served = async (turns: number): Promise<string[]> => {
  const sweeps: string[] = [];
  for (let turn = 0; turn < turns; turn++) sweeps.push((await serve()) ?? 'nothing');
  return sweeps;
};
const countOf = (sweeps: readonly string[], id: string): number => sweeps.filter((sweep) => sweep === id).length;

test('a small sweep behind a large one gets every second turn from the moment it is submitted, and both end', async () => {
  const large = await submitted(40);
  expect(await served(10)).toEqual(Array(10).fill(large));
  const small = await submitted(8);
  const turns = await served(16);
  for (let at = 2; at <= 16; at += 2) expect(Math.abs(countOf(turns.slice(0, at), small) - at / 2)).toBeLessThanOrEqual(1);
  await served(2);
  expect(await query('select state from sweeps where id = $1', [small])).toEqual([{ state: 'done' }]);
  await served(jobs.length);
  expect(await query('select distinct state from sweeps')).toEqual([{ state: 'done' }]);
});

test('shares follow the weights of sweeps and are equal between owners, whatever each has submitted', async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 4 }), async (weights) => {
    const mine = [];
    for (const weight of weights) mine.push(await submitted(40, { weight }));
    const other = await submitted(40, { principal: owner('other') });
    const turns = await served(40);
    expect(Math.abs(countOf(turns, other) - 20)).toBeLessThanOrEqual(1);
    const all = weights.reduce((a, b) => a + b, 0);
    // every fourth turn is the oldest sweep's if it would not have had it anyway
    const [oldest = 0, ...rest] = mine.map((id) => countOf(turns, id));
    expect(oldest).toBeGreaterThanOrEqual(Math.floor(Math.max(20 / 4, (20 * (weights[0] ?? 0)) / all)) - 1);
    const left = 20 - oldest;
    const others = all - (weights[0] ?? 0);
    for (const [at, count] of rest.entries()) expect(Math.abs(count - (left * (weights[at + 1] ?? 0)) / others)).toBeLessThanOrEqual(2);
    for (const id of [...mine, other]) await cancelSweep(database.store, id, localPrincipal);
    jobs.splice(0);
  }), { numRuns: 5, examples: [[[1, 1, 5]], [[1, 5, 2, 4]]] });
});

test('the tail of an old sweep ends however many sweeps are submitted after it', async () => {
  const old = await submitted(5);
  let turns = 0;
  while ((await query<{ state: string }>('select state from sweeps where id = $1', [old]))[0]?.state === 'running') {
    for (let more = 0; more < 3; more++) await submitted(1);
    await serve();
    turns += 1;
    expect(turns).toBeLessThanOrEqual(20);
  }
});

test('an owner who was idle does not catch up on what others had meanwhile', async () => {
  const first = await submitted(30, { principal: owner('a') });
  await submitted(30, { principal: owner('b') });
  await served(20);
  const late = await submitted(30, { principal: owner('c') });
  const turns = await served(18);
  expect(countOf(turns, late)).toBeLessThanOrEqual(7);
  expect(countOf(turns, first)).toBeGreaterThanOrEqual(5);
});

test('a higher priority goes first among an owner\'s sweeps, and takes nothing from another owner', async () => {
  const [usual, other] = [await submitted(20), await submitted(20, { principal: owner('other') })];
  const urgent = await submitted(4, { priority: 10 });
  const turns = await served(16);
  expect([countOf(turns, urgent), countOf(turns, other)]).toEqual([4, 8]);
  expect(turns.filter((id) => id !== other)).toEqual([...Array<string>(4).fill(urgent), ...Array<string>(4).fill(usual)]);
});

test('a sweep whose priority changes is not summarised again', async () => {
  const sweepId = await submitted(2);
  await query('truncate changed_sweeps');
  await prioritiseSweep(database.store, { sweepId, principal: localPrincipal, precedence: { priority: 1 } });
  expect(await query('select sweep_id from changed_sweeps')).toEqual([]);
});

test('a job whose stage is gone, or whose sweep is paused, is used for another stage of its kind', async () => {
  const [paused, going] = [await submitted(3), await submitted(3)];
  await pauseSweep(database.store, paused, localPrincipal);
  expect(await served(6)).toEqual([going, going, going, 'nothing', 'nothing', 'nothing']);
});

test('workers that claim at once get different stages', async () => {
  await submitted(20);
  await submitted(20);
  const claims = await Promise.all(jobs.slice(0, 24).map((job, at) => claimNext(database.store.db, job, { ...worker, workerId: `w${at}` })));
  const ids = claims.filter((one): one is ChosenStage => one !== null).map(({ stageId }) => stageId);
  expect([new Set(ids).size, ids.length]).toEqual([24, 24]);
});

test('a process that is stopped while it chooses holds up no claim of another stage', async () => {
  await submitted(4);
  await submitted(4);
  const runner = database.store.db.createQueryRunner();
  await runner.startTransaction();
  const [{ held } = { held: '' }] = (await runner.query(`select choose_stage($1, '{}', null) as held`, [jobs[0]?.stageId])) as { held: string }[];
  const others = jobs.filter(({ stageId }) => stageId !== held);
  jobs.splice(0, jobs.length, ...others);
  expect(await served(others.length)).not.toContain('nothing');
  await runner.rollbackTransaction();
  await runner.release();
});

test('a stage of a version that the worker lacks is left to others, and it gets one that it has', async () => {
  await submitted(2);
  await query('update stages set code_version = 2');
  const second = await submitted(2);
  const claimed = await claimNext(database.store.db, jobs[0]!, { ...worker, codeVersions: { train: 1 } });
  expect(await query('select sweep_id from sweep_stages where stage_id = $1', [claimed?.stageId])).toEqual([{ sweep_id: second }]);
});

test('of a sweep that is being stopped only its cells are chosen', async () => {
  const { sweepId } = await submitPlan(database.store, queue, sketchSweep([train, { kind: 'train', inputs: [0] }, train]), { principal: localPrincipal });
  const other = await submitted(2);
  const [first] = await query<{ id: string }>(`select stage_id as id from sweep_stages where sweep_id = $1 and position = 0`, [sweepId]);
  const running = await claim(database.store.db, first!.id, worker);
  await stopSweep(database.store, sweepId, localPrincipal);
  await complete(database.store.db, running!, result).then((more) => queue.add(more));
  expect((await served(5)).sort()).toEqual([sweepId, other, other, 'nothing', 'nothing'].sort());
});

describe('a limit of stages at once', () => {
  const running = async (): Promise<number> => (await query<{ n: number }>(`select count(*)::int as n from stages where state = 'running'`))[0]?.n ?? 0;

  test('holds when many claim at once, and a stage that ends makes room for one', async () => {
    await submitted(20, { concurrency: 3 });
    const claims = (await Promise.all(jobs.map((job, at) => claimNext(database.store.db, job, { ...worker, workerId: `w${at}` })))).filter((one) => one !== null);
    expect([claims.length, claims.every(({ limited }) => limited), await running()]).toEqual([3, true, 3]);
    await complete(database.store.db, claims[0]!, result);
    const again = await Promise.all(jobs.slice(0, 8).map((job) => claimNext(database.store.db, job, worker)));
    expect(again.filter((one) => one !== null)).toHaveLength(1);
  });

  test('does not bind another sweep that shares the stages, and is lifted', async () => {
    const planned = sketchSweep(trains(6), 'shared');
    const limited = (await submitPlan(database.store, queue, planned, { principal: localPrincipal })).sweepId;
    await prioritiseSweep(database.store, { sweepId: limited, principal: localPrincipal, precedence: { concurrency: 1 } });
    const ids = planned.plan.stages.map(({ id }) => id);
    const tried = async (id: string | undefined): Promise<boolean> => (await claim(database.store.db, id ?? '', worker)) !== null;
    expect([await tried(ids[0]), await tried(ids[1])]).toEqual([true, false]);
    const free = (await submitPlan(database.store, queue, planned, { principal: localPrincipal })).sweepId;
    expect(await tried(ids[1])).toBe(true);
    await cancelSweep(database.store, free, localPrincipal);
    expect(await tried(ids[2])).toBe(false);
    await prioritiseSweep(database.store, { sweepId: limited, principal: localPrincipal, precedence: { concurrency: null } });
    expect(await tried(ids[2])).toBe(true);
  });

  test('holds over several workers, which finish the sweep without waiting for the reconciler', async () => {
    const shared = createInlineQueue();
    const stopping = new AbortController();
    let [now, most] = [0, 0];
    const workers = ['a', 'b'].map((workerId) => runWorker({
      store: database.store, queue: shared, home: database.home, workerId, kinds: ['train'], slots: 4, engine: 'test', reconcileMs: 600_000, signal: stopping.signal, log: () => undefined,
      execute: async (task, hooks) => {
        most = Math.max(most, ++now);
        await sleep(10);
        now -= 1;
        return computeDigest(task, hooks);
      },
    }));
    const sweepId = await submitted(20, { concurrency: 3 });
    await shared.add(jobs);
    await until(async () => (await query<{ state: string }>('select state from sweeps where id = $1', [sweepId]))[0]?.state === 'done');
    stopping.abort();
    await Promise.all(workers);
    expect(most).toBe(3);
  });

  test('the reconciler queues no more than there is room for', async () => {
    await submitted(20, { concurrency: 3 });
    const lost = createInlineQueue();
    await reconcile(database.store, lost, { minAgeMs: 0 });
    expect((await lost.depth()).train).toBe(3);
  });
});

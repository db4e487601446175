import { ElucidateError } from '@elucidate/experiment/errors';
import { localPrincipal } from '@elucidate/store/principal';
import { parseSpec } from '@elucidate/experiment/parse-spec';
import { planSweep } from '@elucidate/experiment/plan';
import { codeVersions } from '@elucidate/experiment/stages';
import { incompleteText } from '@elucidate/experiment/leaderboard';
import { prune } from '@elucidate/store/prune/prune';
import { ablationTable } from '@elucidate/store/queries/ablation';
import { leaderboard } from '@elucidate/store/queries/leaderboard';
import { sweepParallel } from '@elucidate/store/queries/sweep-parallel';
import { sweepPlot } from '@elucidate/store/queries/sweep-plot';
import { summarise } from '@elucidate/store/queries/summaries';
import { getSpec } from '@elucidate/store/queries/sweep-spec';
import { getSweep } from '@elucidate/store/queries/sweeps';
import { holdToBudget } from './budget.js';
import { cancelSweep } from './cancel.js';
import { complete } from './complete.js';
import { fail } from './fail.js';
import { editSweep } from './edit.js';
import { createInlineQueue } from './inline.js';
import { claim, heartbeat, release, type ClaimedStage } from './lease.js';
import { fanSketch, sketchSweep, type Sketch } from './plan.fixture.js';
import { reconcile } from './reconcile.js';
import { retryFailed, retryStages } from './retry.js';
import { result, stageTable, worker } from './stage-table.fixture.js';
import { pauseSweep, resumeSweep, stopSweep } from './steer.js';
import { useTestStore } from './store.fixture.js';
import { plannedSweep, submitPlan } from './submit.js';
import { lookAt, lookAtRaces } from './race.js';
import { trainingState } from './training-state.js';

const database = useTestStore();
const { query } = database;
const queue = createInlineQueue();
const table = stageTable(database, queue);
const by = localPrincipal;

const train: Sketch = { kind: 'train', inputs: [] };
const chain: Sketch[] = [train, { kind: 'sample', inputs: [0] }, { kind: 'score', inputs: [1] }];

const tried = (stageId: string | undefined): Promise<boolean> => claim(database.store.db, stageId ?? '', worker).then((lease) => lease !== null);
const done = async (stageId: string | undefined): Promise<void> => void (await complete(database.store.db, await table.claimed(stageId), result));
const eventsOf = async (sweepId: string): Promise<[type: string, data: object][]> =>
  (await query<{ type: string; data: object }>(`select type, data from events where sweep_id = $1 and type like 'sweep.%' order by position`, [sweepId])).map(({ type, data }): [string, object] => [type, data]).slice(1);
const pass = (): Promise<unknown> => reconcile(database.store, queue, { cutOffAfterMs: 0, minAgeMs: 0 });
const twice = async (sketches: readonly Sketch[], salt: string): Promise<[string, string, string[]]> => {
  const planned = sketchSweep(sketches, salt);
  const submit = async (): Promise<string> => (await submitPlan(database.store, queue, planned, { principal: by })).sweepId;
  return [await submit(), await submit(), planned.plan.stages.map(({ id }) => id)];
};

describe('pause', () => {
  test('no stage of a paused sweep is claimed, running ones end, and resumed it goes on', async () => {
    const { sweepId, ids } = await table.submitted([...chain, train]);
    const running = await table.claimed(ids[0]);
    await pauseSweep(database.store, sweepId, by);
    await pauseSweep(database.store, sweepId, by);
    expect([await tried(ids[3]), await heartbeat(database.store.db, running, 60_000)]).toEqual([false, 'mine']);
    expect(await complete(database.store.db, running, result)).toEqual([]);
    expect([await table.states(ids), await tried(ids[1])]).toEqual([['done', 'ready', 'waiting', 'ready'], false]);
    const fresh = createInlineQueue();
    await resumeSweep(database.store, fresh, sweepId, by);
    expect(await fresh.depth()).toMatchObject({ train: 1, sample: 1 });
    for (const id of [ids[1], ids[2], ids[3]]) await done(id);
    expect([await table.sweepState(sweepId), await eventsOf(sweepId)]).toEqual(['done', [['sweep.paused', { by: 'local' }], ['sweep.resumed', { by: 'local' }], ['sweep.ended', { state: 'done' }]]]);
  });

  test('a stage that another sweep wants runs', async () => {
    const [first, second, ids] = await twice(chain, 'shared and paused');
    await pauseSweep(database.store, first, by);
    await done(ids[0]);
    await pauseSweep(database.store, second, by);
    expect(await tried(ids[1])).toBe(false);
    await resumeSweep(database.store, queue, first, by);
    for (const id of ids.slice(1)) await done(id);
    expect([await table.sweepState(first), await table.sweepState(second)]).toEqual(['done', 'done']);
  });

  test('the reconciler queues nothing of a paused sweep, however much is ready, and all of it when it goes on', async () => {
    await query(`update sweeps set state = 'done' where state = 'running'`);
    const lost = createInlineQueue();
    const [{ sweepId }, other] = [await table.submitted(Array.from({ length: 2100 }, () => train)), await table.submitted([train])];
    await pauseSweep(database.store, sweepId, by);
    await reconcile(database.store, lost, { minAgeMs: 0 });
    expect(await lost.depth()).toMatchObject({ train: 1 });
    await done(other.ids[0]);
    await resumeSweep(database.store, createInlineQueue(), sweepId, by);
    await reconcile(database.store, lost, { minAgeMs: 0 });
    expect((await lost.depth()).train).toBeGreaterThan(1999);
    await cancelSweep(database.store, sweepId, by);
  });

  test('a paused sweep can be cancelled; retried, it is not paused', async () => {
    const { sweepId, ids } = await table.submitted(chain);
    await pauseSweep(database.store, sweepId, by);
    await cancelSweep(database.store, sweepId, by);
    await retryFailed(database.store, queue, sweepId, by);
    for (const id of ids) await done(id);
    expect(await table.sweepState(sweepId)).toBe('done');
  });
});

describe('stop', () => {
  test('running cells end, the rest is cancelled, and the sweep is over', async () => {
    const { sweepId, ids } = await table.submitted(fanSketch(3));
    await done(ids[0]);
    const [first, second] = [await table.claimed(ids[2]), ids.slice(6)];
    await stopSweep(database.store, sweepId, by);
    await stopSweep(database.store, sweepId, by);
    expect([await tried(second[0]), await heartbeat(database.store.db, first, 60_000)]).toEqual([false, 'mine']);
    await complete(database.store.db, first, result);
    // the reference, which the cell needs, and the cell itself
    for (const id of [ids[1], ids[3], ids[4], ids[5]]) {
      expect(await table.sweepState(sweepId)).toBe('running');
      await done(id);
    }
    expect(await table.sweepState(sweepId)).toBe('cancelled');
    await pass();
    expect(await table.states(ids)).toEqual([...Array<string>(6).fill('done'), ...Array<string>(8).fill('cancelled')]);
    expect(await eventsOf(sweepId)).toEqual([['sweep.stopping', { by: 'local', stages: 5 }], ['sweep.ended', { state: 'cancelled' }]]);
    await retryFailed(database.store, queue, sweepId, by);
    for (const id of second) await done(id);
    expect(await table.sweepState(sweepId)).toBe('done');
  });

  test('a sweep of which all that was left ran when it was stopped ends as cancelled, too; a retry finds nothing to run, and it is done', async () => {
    const { sweepId, ids } = await table.submitted(chain);
    const first = await table.claimed(ids[0]);
    await stopSweep(database.store, sweepId, by);
    await complete(database.store.db, first, result);
    for (const id of ids.slice(1)) await done(id);
    await pass();
    expect([await table.sweepState(sweepId), await table.states(ids)]).toEqual(['cancelled', ['done', 'done', 'done']]);
    await retryFailed(database.store, queue, sweepId, by);
    await pass();
    expect([await table.sweepState(sweepId), await table.states(ids)]).toEqual(['done', ['done', 'done', 'done']]);
  });

  test('a sweep of which no cell runs is cancelled at once, but what all cells need runs to its end', async () => {
    const { sweepId, ids } = await table.submitted(fanSketch(2));
    const extractor = await table.claimed(ids[0]);
    await stopSweep(database.store, sweepId, by);
    expect([await table.sweepState(sweepId), await heartbeat(database.store.db, extractor, 60_000)]).toEqual(['running', 'mine']);
    await complete(database.store.db, extractor, result);
    await pass();
    expect([await table.sweepState(sweepId), await table.states(ids)]).toEqual(['cancelled', ['done', ...Array<string>(9).fill('cancelled')]]);

    const idle = await table.submitted(chain);
    await stopSweep(database.store, idle.sweepId, by);
    expect([await table.sweepState(idle.sweepId), await table.states(idle.ids)]).toEqual(['cancelled', ['cancelled', 'cancelled', 'cancelled']]);
  });

  test.each<[string, (extractor: ClaimedStage) => Promise<unknown>]>([
    ['is handed back', (extractor) => release(database.store.db, extractor)],
    ['fails and can be tried again', (extractor) => fail(database.store.db, extractor, new ElucidateError('artifact.missing', 'not there'))],
    ['loses its worker', ({ stageId }) => query(`update stages set lease_expires_at = clock_timestamp() - interval '1 s' where id = $1`, [stageId])],
  ])('it does not wait for what all cells need once that %s', async (_, ends) => {
    const { sweepId, ids } = await table.submitted(fanSketch(2));
    const extractor = await table.claimed(ids[0]);
    await stopSweep(database.store, sweepId, by);
    await ends(extractor);
    // the pass that ends the sweep leaves it to the next one to cancel the rest
    for (let passes = 0; passes < 2; passes++) await pass();
    expect([await table.sweepState(sweepId), await table.states(ids)]).toEqual(['cancelled', Array(10).fill('cancelled')]);
  });

  test('a sweep that is paused ends too; paused while it is being stopped it waits, until it is resumed or stopped again', async () => {
    const { sweepId, ids } = await table.submitted([...chain, train]);
    const running = await table.claimed(ids[0]);
    await pauseSweep(database.store, sweepId, by);
    await stopSweep(database.store, sweepId, by);
    await complete(database.store.db, running, result);
    await done(ids[1]);
    await pauseSweep(database.store, sweepId, by);
    expect(await tried(ids[2])).toBe(false);
    await stopSweep(database.store, sweepId, by);
    await done(ids[2]);
    await pass();
    expect([await table.sweepState(sweepId), await table.states(ids)]).toEqual(['cancelled', ['done', 'done', 'done', 'cancelled']]);
    expect((await eventsOf(sweepId)).map(([type]) => type)).toEqual(['sweep.paused', 'sweep.resumed', 'sweep.stopping', 'sweep.paused', 'sweep.resumed', 'sweep.ended']);
  });

  test('it does not wait for, nor take, what only another sweep wants', async () => {
    const [first, second, ids] = await twice([...chain, train], 'shared and stopped');
    await table.claimed(ids[0]).then((lease) => fail(database.store.db, lease, new Error('broken')));
    await stopSweep(database.store, first, by);
    await pass();
    expect([await table.sweepState(first), await table.sweepState(second), (await table.states(ids))[3]]).toEqual(['cancelled', 'running', 'ready']);
    await done(ids[3]);
    expect(await table.sweepState(second)).toBe('failed');
  });

  test('a cell that fails permanently ends it too', async () => {
    const { sweepId, ids } = await table.submitted([...chain, train]);
    const lease = await table.claimed(ids[0]);
    await stopSweep(database.store, sweepId, by);
    await fail(database.store.db, lease, new Error('broken'));
    await pass();
    expect([await table.sweepState(sweepId), await table.states(ids)]).toEqual(['cancelled', ['failed', 'failed', 'failed', 'cancelled']]);
  });
});

describe('retry of some stages', () => {
  const failed = async (): Promise<{ sweepId: string; ids: string[] }> => {
    const made = await table.submitted([...chain, train, { kind: 'sample', inputs: [3] }]);
    for (const id of [made.ids[0], made.ids[3]]) await fail(database.store.db, await table.claimed(id), new Error('broken'));
    return made;
  };

  test('one failure starts again with what failed because of it, its attempts counted from 0; another one stays', async () => {
    const { sweepId, ids } = await failed();
    expect([await table.sweepState(sweepId), await table.states(ids)]).toEqual(['failed', Array(5).fill('failed')]);
    expect(await retryStages(database.store, queue, { sweepId, principal: by, stages: [ids[0] ?? ''] })).toEqual({ retried: 3 });
    expect([await table.sweepState(sweepId), await table.states(ids)]).toEqual(['running', ['ready', 'waiting', 'waiting', 'failed', 'failed']]);
    expect(await query('select counted_attempts, token::int from stages where id = $1', [ids[0]])).toEqual([{ counted_attempts: 0, token: 1 }]);
    for (const id of ids.slice(0, 3)) await done(id);
    expect(await table.sweepState(sweepId)).toBe('failed');
  });

  test('a stage that failed because of its input takes that along', async () => {
    const { sweepId, ids } = await failed();
    expect(await retryStages(database.store, queue, { sweepId, principal: by, stages: [ids[2] ?? ''] })).toEqual({ retried: 3 });
    expect((await table.states(ids)).slice(0, 3)).toEqual(['ready', 'waiting', 'waiting']);
  });

  test('all that failed, while the sweep runs', async () => {
    const { sweepId, ids } = await table.submitted([...chain, train]);
    await fail(database.store.db, await table.claimed(ids[0]), new Error('broken'));
    expect(await retryStages(database.store, queue, { sweepId, principal: by, stages: 'failed' })).toEqual({ retried: 3 });
    for (const id of ids) await done(id);
    expect([await table.sweepState(sweepId), await eventsOf(sweepId)]).toEqual(['done', [['sweep.retried', { by: 'local', stages: 3 }], ['sweep.ended', { state: 'done' }]]]);
  });

  test('stages of another sweep, and stages that have not failed, are left alone', async () => {
    const [mine, other] = [await failed(), await failed()];
    expect(await retryStages(database.store, queue, { sweepId: mine.sweepId, principal: by, stages: other.ids })).toEqual({ retried: 0 });
    expect([await table.sweepState(mine.sweepId), await table.states(other.ids)]).toEqual(['failed', Array(5).fill('failed')]);
  });

  test('of a sweep that was cancelled or is being stopped they cannot run', async () => {
    const { sweepId, ids } = await table.submitted([...chain, train]);
    await table.claimed(ids[3]);
    await fail(database.store.db, await table.claimed(ids[0]), new Error('broken'));
    await stopSweep(database.store, sweepId, by);
    await expect(retryStages(database.store, queue, { sweepId, principal: by, stages: 'failed' })).rejects.toMatchObject({ code: 'request.conflict' });
    await cancelSweep(database.store, sweepId, by);
    await expect(retryStages(database.store, queue, { sweepId, principal: by, stages: 'failed' })).rejects.toMatchObject({ code: 'request.conflict' });
  });
});

test.each<[string, (sweepId: string) => Promise<unknown>]>([
  ['pause', (id) => pauseSweep(database.store, id, by)],
  ['resume', (id) => resumeSweep(database.store, queue, id, by)],
  ['stop', (id) => stopSweep(database.store, id, by)],
])('%s names a sweep that is not there, and one that has ended', async (_, steer) => {
  await expect(steer('nope')).rejects.toMatchObject({ code: 'not_found' });
  const { sweepId, ids } = await table.submitted([train]);
  await done(ids[0]);
  await expect(steer(sweepId)).rejects.toMatchObject({ code: 'sweep.ended' });
});

describe('budget', () => {
  const budget = async (sweepId: string, hours: object | null): Promise<void> => void (await query(`update sweeps set spec = case when $2::jsonb is null then spec - 'budget' else spec || jsonb_build_object('budget', $2::jsonb) end where id = $1`, [sweepId, hours && JSON.stringify(hours)]));
  const took = async (stageId: string | undefined, hours: number): Promise<void> => void (await query(`update attempts set started_at = clock_timestamp() - $2 * interval '1 hour' where stage_id = $1`, [stageId, hours]));
  const since = (sweepId: string, hours: number): Promise<unknown> => query(`update sweeps set created_at = clock_timestamp() - $2 * interval '1 hour' where id = $1`, [sweepId, hours]);
  const paused = async (sweepId: string): Promise<boolean> => (await query<{ paused: boolean }>('select paused_at is not null as paused from sweeps where id = $1', [sweepId]))[0]!.paused;
  const look = (sweepId: string) => holdToBudget(database.store, sweepId);

  test('a sweep that has spent it stops taking stages, running ones end, and with a larger one it goes on', async () => {
    const { sweepId, ids } = await table.submitted([...chain, train]);
    await since(sweepId, 5);
    await budget(sweepId, { deviceHours: 2 });
    const running = await table.claimed(ids[0]);
    await took(ids[0], 1.5);
    expect([await look(sweepId), await tried(ids[3]).then((mine) => mine && release(database.store.db, { stageId: ids[3]!, token: 1 }).then(() => true))]).toEqual([null, true]);
    await took(ids[0], 2.5);
    expect([await look(sweepId), await look(sweepId), await tried(ids[3]), await heartbeat(database.store.db, running, 60_000)]).toEqual(['held', null, false, 'mine']);
    await complete(database.store.db, running, result);
    expect(await getSweep(database.store.db, sweepId, by)).toMatchObject({ state: 'running', paused: true, budget: { deviceHours: 2, wallHours: null, spentHours: expect.closeTo(2.5, 1) as number, usedUp: true } });
    await budget(sweepId, { deviceHours: 4 });
    expect([await look(sweepId), await look(sweepId), await paused(sweepId)]).toEqual(['freed', null, false]);
    for (const id of [ids[1], ids[2], ids[3]]) await done(id);
    expect([await table.sweepState(sweepId), (await eventsOf(sweepId)).map(([type]) => type)]).toEqual(['done', ['sweep.budget_spent', 'sweep.resumed', 'sweep.ended']]);
  });

  test('the reconciler looks at it; resuming it by hand does not get beyond it', async () => {
    const { sweepId, ids } = await table.submitted(chain);
    await since(sweepId, 3);
    await budget(sweepId, { wallHours: 2 });
    await pass();
    expect([await paused(sweepId), await tried(ids[0])]).toEqual([true, false]);
    await resumeSweep(database.store, queue, sweepId, by);
    await query(`update budgets set checked_at = checked_at - interval '1 minute'`);
    await pass();
    expect(await paused(sweepId)).toBe(true);
    await budget(sweepId, null);
    await query(`update budgets set checked_at = checked_at - interval '1 minute'`);
    await pass();
    expect(await paused(sweepId)).toBe(false);
    await cancelSweep(database.store, sweepId, by);
  });

  test('a sweep that somebody paused stays paused, whatever becomes of its budget', async () => {
    const { sweepId } = await table.submitted(chain);
    await since(sweepId, 3);
    await budget(sweepId, { wallHours: 2 });
    await pauseSweep(database.store, sweepId, by);
    expect([await look(sweepId), await paused(sweepId)]).toEqual([null, true]);
    await budget(sweepId, { wallHours: 9 });
    expect([await look(sweepId), await paused(sweepId)]).toEqual([null, true]);
    await cancelSweep(database.store, sweepId, by);
  });

  test.each([
    ['while its budget is used up', false],
    ['again, after having resumed it in vain', true],
  ])('a sweep that somebody pauses %s stays paused when it has budget again', async (_, resumedFirst) => {
    const { sweepId } = await table.submitted(chain);
    await since(sweepId, 3);
    await budget(sweepId, { wallHours: 2 });
    expect(await look(sweepId)).toBe('held');
    if (resumedFirst) await resumeSweep(database.store, queue, sweepId, by);
    await pauseSweep(database.store, sweepId, by);
    await pauseSweep(database.store, sweepId, by);
    expect((await getSweep(database.store.db, sweepId, by))!.budget).toMatchObject({ usedUp: true });
    await budget(sweepId, { wallHours: 9 });
    expect([await look(sweepId), await look(sweepId), await paused(sweepId)]).toEqual([null, null, true]);
    await resumeSweep(database.store, queue, sweepId, by);
    const resumed: [string, object] = ['sweep.resumed', { by: 'local' }];
    expect([await paused(sweepId), (await eventsOf(sweepId)).slice(1)]).toEqual([false, [...(resumedFirst ? [resumed] : []), ['sweep.paused', { by: 'local' }], resumed]]);
    await cancelSweep(database.store, sweepId, by);
  });

  test('a sweep that was resumed by hand after such a pause goes on by itself with the next budget', async () => {
    const { sweepId } = await table.submitted(chain);
    await since(sweepId, 3);
    await budget(sweepId, { wallHours: 2 });
    expect(await look(sweepId)).toBe('held');
    await pauseSweep(database.store, sweepId, by);
    await resumeSweep(database.store, queue, sweepId, by);
    expect([await look(sweepId), await paused(sweepId)]).toEqual(['held', true]);
    await budget(sweepId, { wallHours: 9 });
    expect([await look(sweepId), await paused(sweepId)]).toEqual(['freed', false]);
    await cancelSweep(database.store, sweepId, by);
  });

  test('a sweep whose budget cannot be counted, and a queue that takes no jobs, keep no other sweep from its own', async () => {
    const [{ sweepId: bad }, { sweepId }] = [await table.submitted(chain), await table.submitted(chain)];
    for (const id of [bad, sweepId]) await since(id, 3);
    await budget(bad, { deviceHours: 'many' });
    await budget(sweepId, { wallHours: 2 });
    const { troubles } = await reconcile(database.store, queue, { cutOffAfterMs: 0 });
    expect([troubles, await paused(sweepId)]).toEqual([[expect.stringMatching(`^the budget of sweep ${bad}: .*"many"`)], true]);
    await budget(sweepId, null);
    await query(`update budgets set checked_at = checked_at - interval '1 minute'`);
    const full = { ...queue, add: () => Promise.reject(new Error('the queue is full')) };
    await expect(reconcile(database.store, full, { cutOffAfterMs: 0 })).rejects.toThrow('the queue is full');
    expect(await paused(sweepId)).toBe(false);
    for (const id of [bad, sweepId]) await cancelSweep(database.store, id, by);
  });

  test('a sweep that is stopped ends its running cells, though its budget is used up', async () => {
    const { sweepId, ids } = await table.submitted([...chain, train]);
    const running = await table.claimed(ids[0]);
    await since(sweepId, 3);
    await budget(sweepId, { wallHours: 2 });
    expect([await look(sweepId), await paused(sweepId)]).toEqual(['held', true]);
    await stopSweep(database.store, sweepId, by);
    expect([await look(sweepId), await paused(sweepId)]).toEqual([null, false]);
    await complete(database.store.db, running, result);
    for (const id of [ids[1], ids[2]]) await done(id);
    expect([await table.sweepState(sweepId), (await getSweep(database.store.db, sweepId, by))!.budget]).toMatchObject(['cancelled', { usedUp: false }]);
  });

  test('a decision that was cut off leaves nothing; many that are made at once are one', async () => {
    const { sweepId } = await table.submitted(chain);
    await since(sweepId, 3);
    await budget(sweepId, { wallHours: 2 });
    await database.store.db.transaction(async (tx) => {
      await tx.query('select hold_to_budget($1, 0, 1)', [sweepId]);
      throw new Error('killed');
    }).catch(() => undefined);
    expect([await paused(sweepId), await eventsOf(sweepId)]).toEqual([false, []]);
    expect((await Promise.all([1, 2, 3, 4].map(() => look(sweepId)))).sort()).toEqual(['held', null, null, null]);
    expect((await eventsOf(sweepId)).map(([type]) => type)).toEqual(['sweep.budget_spent']);
    await cancelSweep(database.store, sweepId, by);
  });
});

describe('race', () => {
  const raced = parseSpec({
    name: 'raced', dataset: { name: 'fashion-mnist', resolution: 16 }, parameters: { steps: { values: [5, 10, 20, 40] } }, seeds: { train: [1, 2, 3, 4, 5], sample: [1] },
    train: { network: 'tiny', images: 256, batch: 32 }, evaluate: { samples: 64, metrics: ['fid'] }, race: { first: 3 },
  });
  const submitted = async (learningRate: number): Promise<string> => {
    const spec = parseSpec({ ...raced, train: { ...raced.train, learningRate }, parameters: { ...raced.parameters, learningRate: { values: [learningRate] } } });
    return (await submitPlan(database.store, queue, plannedSweep(spec, planSweep(spec)), { principal: by })).sweepId;
  };
  /** Ends every stage as workers would: FID by steps, 5 and 10 close to each other, with a part that all cells of a train seed have in common. */
  const work = async (sweepId: string): Promise<void> => {
    await query(`
      insert into metrics (stage_id, name, value, n, evaluator)
      select distinct ts.stage_id, 'fid', case c.config->>'steps' when '5' then 30 when '10' then 30.2 when '20' then 60 else 90 end + 3 * t.train_seed + 0.1 * ((t.train_seed * (c.position + 1)) % 3), 64, repeat('e', 64)
      from trials t join cells c on c.sweep_id = t.sweep_id and c.id = t.cell_id join trial_stages ts on ts.trial_id = t.id and ts.role = 'score' where t.sweep_id = $1 on conflict do nothing`, [sweepId]);
    await query(`update stages set state = 'done', ended_at = clock_timestamp() where id in (select stage_id from sweep_stages where sweep_id = $1) and state <> 'done'`, [sweepId]);
    await query('select watch_sweep($1)', [sweepId]);
  };
  const specOf = async (sweepId: string) => (await getSpec(database.store.db, sweepId))!;
  const trials = async (sweepId: string): Promise<number[]> => (await query<{ n: number }>('select count(t.id)::int as n from cells c left join trials t on t.sweep_id = c.sweep_id and t.cell_id = c.id where c.sweep_id = $1 group by c.position order by c.position', [sweepId])).map(({ n }) => n);
  /** The store to a process to which something happens just before it makes an edit. */
  const before = (happens: () => Promise<unknown>): typeof database.store => {
    const seen = async (text: string, params?: unknown[]): Promise<unknown> => {
      if (text.includes('make_edit')) await happens();
      return query(text, params);
    };
    return { ...database.store, db: Object.assign(Object.create(database.store.db) as typeof database.store.db, { query: seen }) };
  };
  const due = (sweepId: string) => query<{ version: number }>('select version from looks_due where sweep_id = $1', [sweepId]);

  test('looks follow each other until it is over; the sweep runs until then, what is stopped says so, and the rest is ranked', async () => {
    const sweepId = await submitted(0.001);
    expect([await trials(sweepId), await lookAtRaces(database.store, queue), await due(sweepId)]).toEqual([[3, 3, 3, 3], 0, []]);
    await work(sweepId);
    expect([await table.sweepState(sweepId), await due(sweepId)]).toEqual(['running', [{ version: 1 }]]);
    expect(await lookAtRaces(database.store, queue)).toBe(1);
    expect([await trials(sweepId), await due(sweepId), await lookAtRaces(database.store, queue)]).toEqual([[4, 4, 3, 3], [], 0]);
    await work(sweepId);
    expect(await lookAtRaces(database.store, queue)).toBe(1);
    expect(await trials(sweepId)).toEqual([5, 5, 3, 3]);
    await work(sweepId);
    expect([await table.sweepState(sweepId), (await specOf(sweepId)).spec.race]).toMatchObject(['done', { over: true, looks: [{ seeds: 3, left: 2 }, { seeds: 4, left: 2, stopped: [] }] }]);
    const { groups } = await leaderboard(database.store.db, by, { sweepId });
    expect(groups[0]!.rows.map(({ rank, notRanked, config }) => [config['steps'], rank, notRanked])).toEqual([[5, 1, undefined], [10, 2, undefined], [20, null, 'stopped after 3 train seeds'], [40, null, 'stopped after 3 train seeds']]);
  });

  test('a look waits until every score is in the estimates: a cell whose scores are not there yet is not stopped', async () => {
    const sweepId = await submitted(0.003);
    while (await summarise(database.store.db));
    // more notes before those of its scores than one call takes
    await query('insert into changed_stages (stage_id) select stage_id from (select stage_id from sweep_stages where sweep_id = $1 limit 1) one cross join generate_series(1, 600)', [sweepId]);
    await work(sweepId);
    await database.store.db.transaction(async (tx) => {
      // as somebody does who summarises a large sweep
      await tx.query('select pg_advisory_xact_lock(1937075565)');
      expect([await lookAtRaces(database.store, queue), await due(sweepId)]).toEqual([0, [{ version: 1 }]]);
    });
    expect([await lookAtRaces(database.store, queue), await trials(sweepId), await due(sweepId)]).toEqual([1, [4, 4, 3, 3], []]);
    await cancelSweep(database.store, sweepId, by);
  });

  test('a race that is cancelled during a look stays cancelled', async () => {
    const sweepId = await submitted(0.004);
    await work(sweepId);
    expect(await lookAtRaces(before(() => cancelSweep(database.store, sweepId, by)), queue)).toBe(0);
    expect([await table.sweepState(sweepId), (await specOf(sweepId)).version, await trials(sweepId), await lookAtRaces(database.store, queue)]).toEqual(['cancelled', 1, [3, 3, 3, 3], 0]);
  });

  test('looks at once are one; one that was cut off before its edit is taken again, one cut off after it not twice', async () => {
    const sweepId = await submitted(0.002);
    await work(sweepId);
    const [note] = await due(sweepId);
    expect((await Promise.all([1, 2, 3].map(() => lookAt(database.store, queue, { id: sweepId, ...note! })))).filter(Boolean)).toHaveLength(1);
    expect((await specOf(sweepId)).version).toBe(2);
    await query('insert into looks_due (sweep_id, version) values ($1, 1) on conflict do nothing', [sweepId]);
    expect([await lookAtRaces(database.store, queue), await trials(sweepId)]).toEqual([0, [4, 4, 3, 3]]);
    await work(sweepId);
    await expect(lookAtRaces(before(() => Promise.reject(new Error('killed'))), queue)).rejects.toThrow('killed');
    expect([(await specOf(sweepId)).version, await due(sweepId)]).toEqual([2, [{ version: 2 }]]);
    expect([await lookAtRaces(database.store, queue), await trials(sweepId)]).toEqual([1, [5, 5, 3, 3]]);
    const { spec, version } = await specOf(sweepId);
    const early = parseSpec({ ...spec, race: { ...spec.race, looks: [], over: false } });
    await expect(editSweep(database.store, queue, plannedSweep(early, planSweep(early)), { sweepId, principal: by, version })).rejects.toThrow('has had 2 looks that this file does not have');
    await cancelSweep(database.store, sweepId, by);
  });

  test('a look that fails keeps no other race from its own', async () => {
    const sweeps = [await submitted(0.005), await submitted(0.006)];
    for (const sweepId of sweeps) await work(sweepId);
    let failures = 0;
    await expect(lookAtRaces(before(() => (failures++ === 0 ? Promise.reject(new Error('killed')) : Promise.resolve())), queue)).rejects.toThrow('killed');
    expect((await Promise.all(sweeps.map(trials))).map((of) => of.join()).sort()).toEqual(['3,3,3,3', '4,4,3,3']);
    for (const sweepId of sweeps) await cancelSweep(database.store, sweepId, by);
  });

  test('successive halving trains one in two longer; what is trained less is shown and not ranked, and longer training runs find the state of shorter ones', async () => {
    const spec = parseSpec({ ...raced, name: 'halved', seeds: { train: [1], sample: [1] }, train: { ...raced.train, learningRatePlan: { kind: 'hold' } }, parameters: { ...raced.parameters, learningRatePlan: { values: [{ kind: 'hold' }] } }, race: { kind: 'halving', first: 64 } });
    const { sweepId } = await submitPlan(database.store, queue, plannedSweep(spec, planSweep(spec)), { principal: by });
    const trainingRuns = () => query<{ id: string; params: { images: number }; state: string }>(`select s.id, s.params, s.state from sweep_stages ss join stages s on s.id = ss.stage_id where ss.sweep_id = $1 and s.kind = 'train' order by (s.params->>'images')::int`, [sweepId]);
    const stateOf = async (images: number) => {
      const { id, params } = (await trainingRuns()).find((one) => one.params.images === images)!;
      return trainingState(database.store.db, { stageId: id, kind: 'train', codeVersion: codeVersions.train, params });
    };
    expect(await stateOf(64)).toEqual({ keep: true });
    await work(sweepId);
    await query(`insert into artifacts (hash, size_bytes, media_type) values ('64', 1, 'x'), ('128', 1, 'x') on conflict do nothing`);
    await query(`insert into stage_outputs (stage_id, name, hash) values ($1, 'state', '64')`, [(await trainingRuns())[0]!.id]);
    expect(await lookAtRaces(database.store, queue)).toBe(1);
    expect((await trainingRuns()).map(({ params, state }) => [params.images, state])).toEqual([[64, 'done'], [128, 'ready']]);
    expect(await stateOf(128)).toEqual({ keep: true, start: '64' });
    const states = async (remove: boolean, olderThanMs = 0) => (await prune(database.store, { home: database.home, olderThanMs, remove, graceMs: 0 })).states;
    expect(await states(true)).toBe(0);
    await work(sweepId);
    await query(`insert into stage_outputs (stage_id, name, hash) values ($1, 'state', '128')`, [(await trainingRuns())[1]!.id]);
    const board = async () => (await leaderboard(database.store.db, by, { sweepId })).groups[0]!.rows.map(({ rank, notRanked, config }) => [config['steps'], rank, notRanked]);
    const stopped = [[20, null, 'stopped at 64 of 256 images'], [40, null, 'stopped at 64 of 256 images']];
    expect(await board()).toEqual([[5, 1, undefined], [10, 2, undefined], ...stopped]);
    expect(await lookAtRaces(database.store, queue)).toBe(1);
    expect(await stateOf(256)).toEqual({ keep: false, start: '128' });
    await work(sweepId);
    expect([await table.sweepState(sweepId), (await specOf(sweepId)).spec.race]).toMatchObject(['done', { over: true, looks: [{ images: 64, left: 2, undecided: 2, agreement: null }, { images: 128, left: 1, undecided: 1, agreement: 1 }] }]);
    expect(await board()).toEqual([[5, 1, undefined], [10, null, 'stopped at 128 of 256 images'], ...stopped]);
    expect((await trainingRuns()).map(({ params, state }) => [params.images, state])).toEqual([[64, 'done'], [128, 'done'], [256, 'done']]);
    // tables have the winner and, marked, all that was trained less; pictures have only what compares
    const { rows, columns, cells } = await ablationTable(database.store.db, { sweepId, name: 'sampler-by-steps' });
    expect([rows.length, columns, cells[0]!.map((entry) => entry && incompleteText(entry))]).toEqual([1, ['5', '10', '20', '40'], [undefined, 'trained less', 'trained less', 'trained less']]);
    expect(await sweepPlot(database.store.db, { sweepId, x: 'steps' })).toMatchObject({ cells: { drawn: 1, selected: 4 }, incomparable: 3, points: [{ x: 5 }] });
    expect(await sweepParallel(database.store.db, { sweepId })).toMatchObject({ configurations: { all: 4, kept: 1, drawn: 1 } });
    // another sweep that was to halve them, and was cancelled, may be tried again; then its longer training runs want the state at 64
    const [other, outputs] = [await submitPlan(database.store, queue, plannedSweep({ ...spec, name: 'again' }, planSweep(spec)), { principal: by }), await query('select stage_id, name, hash from stage_outputs order by 1, 2')];
    await query(`update sweeps set state = 'cancelled', ended_at = clock_timestamp() - interval '2 hours' where id = $1`, [other.sweepId]);
    expect([await states(false, 3 * 3_600_000), await states(false), await query('select stage_id, name, hash from stage_outputs order by 1, 2')]).toEqual([1, 2, outputs]);
    expect([await states(true), await states(true)]).toEqual([2, 0]);
    expect(await stateOf(256)).toEqual({ keep: false });
    expect(await query('select stage_id, name, hash from stage_outputs order by 1, 2')).toEqual(outputs.filter((output) => (output as { name: string }).name !== 'state'));
  });
});

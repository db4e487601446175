import { ElucidateError } from '@elucidate/experiment/errors';
import { localPrincipal } from '@elucidate/store/principal';
import { cancelSweep } from './cancel.js';
import { complete } from './complete.js';
import { fail } from './fail.js';
import { createInlineQueue } from './inline.js';
import { claim, heartbeat, release, type ClaimedStage } from './lease.js';
import { fanSketch, sketchSweep, type Sketch } from './plan.fixture.js';
import { reconcile } from './reconcile.js';
import { retryFailed, retryStages } from './retry.js';
import { result, stageTable, worker } from './stage-table.fixture.js';
import { pauseSweep, resumeSweep, stopSweep } from './steer.js';
import { useTestStore } from './store.fixture.js';
import { submitPlan } from './submit.js';

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

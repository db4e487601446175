import { localPrincipal } from '@elucidate/store/principal';
import { createInlineQueue } from './inline.js';
import { sketchSweep, type Sketch } from './plan.fixture.js';
import type { PlanChunk } from './plan-chunks.js';
import { reconcile } from './reconcile.js';
import { result, stageTable } from './stage-table.fixture.js';
import { useTestStore } from './store.fixture.js';
import { complete } from './complete.js';
import { fail } from './fail.js';
import { submitPlan } from './submit.js';

/** A process that is cut off between a change and what follows from it leaves what docs/protocol.md says, and the reconciler goes on. */

const database = useTestStore();
const { query } = database;
const queue = createInlineQueue();
const table = stageTable(database, queue);

const pass = (): Promise<unknown> => reconcile(database.store, queue, { cutOffAfterMs: 0, minAgeMs: 0 });
const chain: Sketch[] = [{ kind: 'train', inputs: [] }, { kind: 'sample', inputs: [0] }, { kind: 'embed', inputs: [1] }];
const nothingLeft = async (): Promise<void> => expect(await query('select stage_id from unsettled_stages union all select sweep_id from unsettled_sweeps')).toEqual([]);

test('after a completion its followers become ready, and the sweep ends', async () => {
  const { sweepId, ids } = await table.submitted(chain.slice(0, 2));
  for (const [index, id] of ids.entries()) {
    const lease = await table.claimed(id);
    await query('select close_leases($1)', [JSON.stringify([{ ...lease, ...result }])]);
    expect([await table.states(ids), await table.sweepState(sweepId)]).toEqual([index === 0 ? ['done', 'waiting'] : ['done', 'done'], 'running']);
    await pass();
  }
  expect(await table.sweepState(sweepId)).toBe('done');
  await nothingLeft();
});

test('after a failure everything that needs the stage fails, and the sweep ends', async () => {
  const { sweepId, ids } = await table.submitted(chain);
  const { stageId, token } = await table.claimed(ids[0]);
  await query('select end_attempt($1, $2, $3)', [stageId, token, JSON.stringify({ outcome: 'failed', error: { code: 'stage.failed' }, retryable: false, killed: false, counted: true, maxAttempts: 3, backoffMs: 0 })]);
  expect(await table.states(ids)).toEqual(['failed', 'waiting', 'waiting']);
  await pass();
  expect(await table.states(ids)).toEqual(['failed', 'failed', 'failed']);
  // whether the sweep is over is looked at once that is committed
  await pass();
  expect(await table.sweepState(sweepId)).toBe('failed');
  await nothingLeft();
});

test('after a request to cancel the stages are cancelled', async () => {
  const { sweepId, ids } = await table.submitted(chain);
  await query('select cancel_sweep($1, $2)', [sweepId, 'somebody']);
  expect(await table.states(ids)).toEqual(['ready', 'waiting', 'waiting']);
  await pass();
  expect(await table.states(ids)).toEqual(['cancelled', 'cancelled', 'cancelled']);
  await nothingLeft();
});

test('after a request to retry the failed stages start again', async () => {
  const { sweepId, ids } = await table.submitted(chain);
  await fail(database.store.db, await table.claimed(ids[0]), new Error('broken'));
  await query('select retry_sweep($1, $2, 0)', [sweepId, 'somebody']);
  await pass();
  expect([await table.states(ids), await table.sweepState(sweepId)]).toEqual([['ready', 'waiting', 'waiting'], 'running']);
  await nothingLeft();
});

test('a submission cut off after its sweep appeared becomes ready; one cut off before leaves stages that the next submission uses', async () => {
  const planned = sketchSweep(chain, 'cut off');
  const refuse = (word: string) => new Proxy(database.store.db, { get: (target, key) => (key === 'query'
    ? (text: string, params: unknown[]) => (text.includes(word) ? Promise.reject(new Error('cut off')) : target.query(text, params)) : Reflect.get(target, key, target)) });
  const chunks = { [Symbol.iterator]: function* () {
    for (const chunk of planned.chunks as Iterable<PlanChunk>) {
      if (chunk.table === 'trials') throw new Error('cut off');
      yield chunk;
    }
  } };
  await expect(submitPlan(database.store, queue, { ...planned, chunks }, { principal: localPrincipal })).rejects.toThrow('cut off');
  const ids = planned.plan.stages.map(({ id }) => id);
  await pass();
  expect([await table.states(ids), await query('select sweep_id from sweep_stages where stage_id = any($1)', [ids])]).toEqual([['waiting', 'waiting', 'waiting'], []]);
  await expect(submitPlan({ ...database.store, db: refuse('settle_sweep') }, queue, planned, { principal: localPrincipal })).rejects.toThrow('cut off');
  expect(await table.states(ids)).toEqual(['waiting', 'waiting', 'waiting']);
  await pass();
  expect(await table.states(ids)).toEqual(['ready', 'waiting', 'waiting']);
  for (const id of ids) await complete(database.store.db, await table.claimed(id), result);
  expect(await query('select distinct state from sweeps w join sweep_stages ss on ss.sweep_id = w.id where ss.stage_id = any($1)', [ids])).toEqual([{ state: 'done' }]);
  await nothingLeft();
});

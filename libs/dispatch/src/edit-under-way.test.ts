import { localPrincipal } from '@elucidate/store/principal';
import type { QueryRunner } from 'typeorm';
import { cancelSweep } from './cancel.js';
import { complete } from './complete.js';
import { deleteSweep } from './delete.js';
import { planDraft } from './edit-draft.js';
import { editSweep } from './edit.js';
import { createInlineQueue } from './inline.js';
import { claim, heartbeat, jobsWithinLimits } from './lease.js';
import { sketchSweep, type Sketch } from './plan.fixture.js';
import { reconcile } from './reconcile.js';
import { result, worker } from './stage-table.fixture.js';
import { prioritiseSweep, stopSweep } from './steer.js';
import { useTestStore } from './store.fixture.js';
import { submitPlan } from './submit.js';

/** What happens to a sweep while somebody else, whose transaction has not ended, edits or deletes it. */

const database = useTestStore('test');
const { query } = database;
const queue = createInlineQueue();

const train: Sketch = { kind: 'train', inputs: [] };
const chain: Sketch[] = [train, { kind: 'sample', inputs: [0] }];

const submitted = async (sketches: readonly Sketch[], salt = 'one'): Promise<{ sweepId: string; ids: string[] }> => {
  const planned = sketchSweep(sketches, salt);
  const { sweepId } = await submitPlan(database.store, queue, planned, { principal: localPrincipal });
  return { sweepId, ids: planned.plan.stages.map(({ id }) => id) };
};

async function during(act: (open: QueryRunner) => Promise<void>): Promise<void> {
  const open = database.store.db.createQueryRunner();
  try {
    await open.startTransaction();
    await act(open);
  } finally {
    if (open.isTransactionActive) await open.rollbackTransaction();
    await open.release();
  }
}

const blocked = async (): Promise<void> => {
  for (;;) {
    const [waiting] = await query<{ n: number }>(`select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`);
    if (waiting!.n > 0) return;
  }
};

test('an edit of a sweep that somebody is deleting finds it gone', async () => {
  const { sweepId } = await submitted(chain);
  await cancelSweep(database.store, sweepId, localPrincipal);
  await during(async (open) => {
    await open.query('select delete_sweep($1, null)', [sweepId]);
    const edited = editSweep(database.store, queue, sketchSweep([train, train], 'other'), { sweepId, principal: localPrincipal, version: null }).then(() => 'edited', (error: { code: string }) => error.code);
    await blocked();
    await open.commitTransaction();
    expect(await edited).toBe('not_found');
  });
});

test('a stage that becomes ready while an edit drops it is claimed and run if the edit is not made in the end', async () => {
  const { sweepId, ids } = await submitted([...chain, train]);
  await during(async (open) => {
    await planDraft(database.store.db, { editId: 'e', keepsStages: true }, sketchSweep([train], 'one').chunks);
    const change = { version: 1, name: 'dropped', spec: {}, order: [], principal: 'local' };
    expect(await open.query(`select make_edit($1, 'e', $2)->'difference'->'stages'->>'dropped' as dropped`, [sweepId, JSON.stringify(change)])).toEqual([{ dropped: '2' }]);
    await complete(database.store.db, (await claim(database.store.db, ids[0]!, worker))!, result);
    await open.rollbackTransaction();
  });
  for (let pass = 0; pass < 2; pass++) await reconcile(database.store, queue, { cutOffAfterMs: 0, minAgeMs: 0 });
  expect(await query(`select sweep_id, stage_id from ready_places where stage_id = $1`, [ids[1]])).toEqual([{ sweep_id: sweepId, stage_id: ids[1] }]);
  expect(await query(`select stage_id from claimable_stages('{sample}', 10, 0)`)).toEqual([{ stage_id: ids[1] }]);
  expect(await query('select * from unsettled_stages')).toEqual([]);
});

test('the lease of a stage that was cancelled and deleted is not that of the same stage submitted again', async () => {
  const { sweepId, ids } = await submitted(chain);
  const frozen = await claim(database.store.db, ids[0]!, worker);
  await cancelSweep(database.store, sweepId, localPrincipal);
  await deleteSweep(database.store, sweepId);
  await submitted(chain);
  const lease = await claim(database.store.db, ids[0]!, { ...worker, workerId: 'another' });
  expect(lease?.token).toBe(frozen!.token + 1);
  expect(await heartbeat(database.store.db, frozen!, 60_000)).toBe('lost');
  await expect(complete(database.store.db, frozen!, result)).rejects.toMatchObject({ code: 'lease.stale' });
  await complete(database.store.db, lease!, result);
});

test('where a limit of a sweep that is being stopped has room again, the next stage is one of its cells', async () => {
  const { sweepId, ids } = await submitted([train, { kind: 'sample', inputs: [0] }, train, { kind: 'sample', inputs: [2] }, { kind: 'sample', inputs: [2] }]);
  await complete(database.store.db, (await claim(database.store.db, ids[0]!, worker))!, result);
  const cell = await claim(database.store.db, ids[2]!, worker);
  await stopSweep(database.store, sweepId, localPrincipal);
  await prioritiseSweep(database.store, { sweepId, principal: localPrincipal, precedence: { concurrency: 1 } });
  await complete(database.store.db, cell!, result);
  const first = await claim(database.store.db, ids[3]!, worker);
  expect(await claim(database.store.db, ids[4]!, worker)).toBeNull();
  await complete(database.store.db, first!, result);
  expect((await jobsWithinLimits(database.store.db, first!)).map(({ stageId }) => stageId)).toEqual([ids[4]]);
});

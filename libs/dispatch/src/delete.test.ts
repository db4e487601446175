import { localPrincipal } from '@elucidate/store/principal';
import { cancelSweep } from './cancel.js';
import { deleteSweep } from './delete.js';
import { createInlineQueue } from './inline.js';
import { fanSketch, sketchSweep } from './plan.fixture.js';
import { useTestStore } from './store.fixture.js';
import { submitPlan } from './submit.js';

const database = useTestStore('test');
const { query } = database;
const queue = createInlineQueue();
const submitted = async (width: number): Promise<{ sweepId: string; stages: number; inputs: number }> => {
  const planned = sketchSweep(fanSketch(width), 'shared');
  const { stages } = planned.plan;
  return { ...(await submitPlan(database.store, queue, planned, { principal: localPrincipal })), stages: stages.length, inputs: stages.flatMap(({ inputs }) => Object.keys(inputs)).length };
};

test('sweeps that share stages may be submitted and deleted at the same moment: each has its whole plan for as long as it is there', async () => {
  const lane = async (seed: number): Promise<void> => {
    for (let round = 0; round < 15; round++) {
      const { sweepId, stages, inputs } = await submitted(1 + ((seed + round) % 3));
      const [held] = await query<{ stages: number; inputs: number }>(`
        select count(distinct s.id)::int as stages, count(i.name)::int as inputs
        from sweep_stages ss join stages s on s.id = ss.stage_id left join stage_inputs i on i.stage_id = s.id where ss.sweep_id = $1`, [sweepId]);
      expect(held).toEqual({ stages, inputs });
      await cancelSweep(database.store, sweepId, localPrincipal);
      await deleteSweep(database.store, sweepId);
    }
  };
  await Promise.all([0, 1, 2, 3, 4].map(lane));
  for (const table of ['sweeps', 'sweep_stages', 'cells', 'trials', 'stage_inputs', 'stages']) expect({ [table]: await query(`select * from ${table}`) }).toEqual({ [table]: [] });
});

test('of two sweeps that are deleted at the same moment the second waits, and leaves no stage that both had', async () => {
  const [first, second] = [await submitted(1), await submitted(2)];
  for (const { sweepId } of [first, second]) await cancelSweep(database.store, sweepId, localPrincipal);
  await database.store.db.transaction(async (other) => {
    await other.query('select delete_sweep($1, null)', [first.sweepId]);
    await expect(query('select delete_sweep($1, null)', [second.sweepId])).rejects.toMatchObject({ code: '55P03' });
  });
  expect(await deleteSweep(database.store, second.sweepId)).toEqual({ stages: second.stages });
  expect(await query('select id from stages')).toEqual([]);
});

test('a sweep is deleted only in the version that was named', async () => {
  const { sweepId } = await submitted(1);
  await cancelSweep(database.store, sweepId, localPrincipal);
  await query('update sweeps set version = 4 where id = $1', [sweepId]);
  await expect(deleteSweep(database.store, sweepId, 3)).rejects.toMatchObject({ code: 'sweep.changed', details: { current: 4 } });
  expect(await deleteSweep(database.store, sweepId, 4)).toEqual({ stages: 6 });
});

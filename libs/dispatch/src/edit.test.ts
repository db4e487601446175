import { parseSpec } from '@elucidate/experiment/parse-spec';
import { planSweep, type Plan } from '@elucidate/experiment/plan';
import type { Spec } from '@elucidate/experiment/spec';
import { localPrincipal } from '@elucidate/store/principal';
import { summarise } from '@elucidate/store/queries/summaries';
import { getSweep } from '@elucidate/store/queries/sweeps';
import fc from 'fast-check';
import { cancelSweep } from './cancel.js';
import { complete } from './complete.js';
import { deleteSweep } from './delete.js';
import { editSweep, type EditOptions, type Edited, type PlanDifference } from './edit.js';
import { provenance } from './execute.fixture.js';
import { fail } from './fail.js';
import { createInlineQueue } from './inline.js';
import { claim } from './lease.js';
import { reconcile } from './reconcile.js';
import { useTestStore } from './store.fixture.js';
import { plannedSweep, submitPlan } from './submit.js';

const database = useTestStore('test');
const { query } = database;
const queue = createInlineQueue();
const worker = { workerId: 'w1', leaseMs: 60_000 };

interface Shape {
  steps: number[];
  heun: boolean;
  train: number[];
  sample: number[];
  kid: boolean;
  images: number;
}

const specOf = ({ steps, heun, train, sample, kid, images }: Shape): Spec => parseSpec({
  name: 'edited', dataset: { name: 'fashion-mnist', resolution: 16 }, train: { network: 'tiny', images, batch: 32 }, seeds: { train, sample },
  parameters: { sampler: { values: [{ kind: 'ddim' }, ...(heun ? [{ kind: 'heun' }] : [])] }, steps: { values: steps } }, evaluate: { samples: 64, metrics: kid ? ['fid', 'kid'] : ['fid'] },
});

const shape = fc.record({
  steps: fc.uniqueArray(fc.constantFrom(5, 10, 20), { minLength: 1, maxLength: 3 }), heun: fc.boolean(),
  train: fc.uniqueArray(fc.constantFrom(1, 2, 3), { minLength: 1, maxLength: 2 }), sample: fc.uniqueArray(fc.constantFrom(1, 2), { minLength: 1, maxLength: 2 }),
  kid: fc.boolean(), images: fc.constantFrom(256, 512),
});
const first: Shape = { steps: [5], heun: false, train: [1], sample: [1], kid: false, images: 256 };

const submit = async (spec: Spec): Promise<string> => (await submitPlan(database.store, queue, plannedSweep(spec, planSweep(spec)), { principal: localPrincipal })).sweepId;
const edit = (sweepId: string, spec: Spec, options: Partial<EditOptions> = {}): Promise<Edited> =>
  editSweep(database.store, queue, plannedSweep(spec, planSweep(spec)), { sweepId, principal: localPrincipal, version: null, ...options });

/** Runs up to so many ready stages. */
async function work(most = Infinity): Promise<void> {
  for (let count = 0; count < most; count++) {
    const [stage] = await query<{ id: string; kind: string }>(`select id, kind from stages where state = 'ready' order by id limit 1`);
    if (stage === undefined) return;
    const lease = await claim(database.store.db, stage.id, worker);
    const file = await database.store.artifacts.put(Buffer.from(stage.id), 'text/plain');
    const metrics = stage.kind === 'score' ? ['fid', 'kid'].map((name, i) => ({ name, value: parseInt(stage.id.slice(i, i + 6), 16), n: 64, evaluator: 'e' })) : [];
    await complete(database.store.db, lease!, { outputs: { file }, metrics, provenance });
  }
}

/** What a sweep has, in the form of a plan, but for the places of its stages. */
async function planOf(sweepId: string): Promise<unknown> {
  return {
    cells: await query('select id, position, config from cells where sweep_id = $1 order by position', [sweepId]),
    trials: await query(`
      select cell_id as "cellId", train_seed as "trainSeed", sample_seed as "sampleSeed", jsonb_object_agg(role, stage_id) as stages
      from trials t join trial_stages on trial_id = t.id where sweep_id = $1 group by 1, 2, 3 order by 1, 2, 3`, [sweepId]),
    stages: (await query<{ id: string }>('select stage_id as id from sweep_stages where sweep_id = $1 order by 1', [sweepId])).map(({ id }) => id),
    inputs: await query(`select i.stage_id, i.name, i.input_id from stage_inputs i join sweep_stages ss on ss.stage_id = i.stage_id where ss.sweep_id = $1 order by 1, 2`, [sweepId]),
  };
}

const summaries = async (sweepId: string): Promise<unknown> => Promise.all([
  query('select kind, state, stages, work from stage_counts where sweep_id = $1 and stages > 0 order by 1, 2', [sweepId]),
  query('select cells, trials from sweep_sizes where sweep_id = $1', [sweepId]),
  query('select * from cell_estimates where sweep_id = $1 order by cell_id, metric, evaluator', [sweepId]),
  query('select * from score_groups where sweep_id = $1 order by metric', [sweepId]),
]);

/** The summaries, kept up to date change by change, are what counting everything again gives. */
async function expectSummariesTrue(sweepId: string): Promise<void> {
  while (await summarise(database.store.db));
  const kept = await summaries(sweepId);
  await query('select summarise_sweep($1)', [sweepId]);
  expect(kept).toEqual(await summaries(sweepId));
}

/** Counted by sets of keys, of the two plans. */
function differenceOf(before: Plan, after: Plan): Omit<PlanDifference, 'stages'> & { stages: Partial<PlanDifference['stages']> } {
  const count = (was: readonly string[], is: readonly string[]) => {
    const kept = is.filter((key) => was.includes(key)).length;
    return { added: is.length - kept, dropped: was.length - kept, kept };
  };
  const keysOf = ({ trials }: Plan) => trials.map(({ cellId, trainSeed, sampleSeed }) => `${cellId} ${trainSeed} ${sampleSeed}`);
  const wholes = ({ trials }: Plan) => trials.map((trial) => JSON.stringify([trial.cellId, trial.trainSeed, trial.sampleSeed, Object.entries(trial.stages).sort()]));
  const [keys, same] = [count(keysOf(before), keysOf(after)), count(wholes(before), wholes(after)).kept];
  const idsOf = (list: readonly { id: string }[]) => list.map(({ id }) => id);
  return { cells: count(idsOf(before.cells), idsOf(after.cells)), trials: { ...keys, kept: same, changed: keys.kept - same }, stages: count(idsOf(before.stages), idsOf(after.stages)) };
}

const step = fc.record({ to: shape, work: fc.nat(12), breaks: fc.boolean(), cancels: fc.boolean() });

test('after any sequence of edits a sweep is what submitting the last one afresh would make; what was done is kept, no stage is lost or run twice, nobody else is touched', async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 4 }), shape, async (steps, others) => {
    await query('delete from sweeps');
    await query('truncate stages, changed_stages, changed_sweeps cascade');
    const other = await submit(specOf(others));
    const sweepId = await submit(specOf(first));
    const everDone = new Set<string>();
    let before = planSweep(specOf(first));
    let version = 1;
    for (const { to, work: most, breaks, cancels } of steps) {
      await work(most);
      if (breaks) {
        const [ready] = await query<{ id: string }>(`select stage_id as id from sweep_stages ss join stages s on s.id = ss.stage_id where ss.sweep_id = $1 and s.state = 'ready' order by 1 limit 1`, [sweepId]);
        if (ready !== undefined) await fail(database.store.db, (await claim(database.store.db, ready.id, worker))!, new Error('broken'));
      }
      if (cancels) await cancelSweep(database.store, sweepId, localPrincipal).catch(() => undefined);
      for (const { id } of await query<{ id: string }>(`select id from stages where state = 'done'`)) everDone.add(id);
      const after = planSweep(specOf(to));
      const states = await query('select id, state from stages order by id');
      const foreseen = await edit(sweepId, specOf(to), { version, dryRun: true });
      expect([foreseen.version, await query('select id, state from stages order by id')]).toEqual([version, states]);
      const made = await edit(sweepId, specOf(to), { version });
      expect(made.difference).toEqual(foreseen.difference);
      expect(made.difference).toMatchObject(differenceOf(before, after));
      expect(await planOf(sweepId)).toEqual({
        cells: after.cells.map((cell) => JSON.parse(JSON.stringify(cell)) as unknown),
        trials: after.trials.map(({ cellId, trainSeed, sampleSeed, stages }) => ({ cellId, trainSeed, sampleSeed, stages })).sort((a, b) => (a.cellId < b.cellId ? -1 : a.cellId > b.cellId ? 1 : a.trainSeed - b.trainSeed || a.sampleSeed - b.sampleSeed)),
        stages: after.stages.map(({ id }) => id).sort(),
        inputs: after.stages.flatMap(({ id, inputs }) => Object.entries(inputs).map(([name, input]) => ({ stage_id: id, name, input_id: input }))).sort((a, b) => (`${a.stage_id} ${a.name}` < `${b.stage_id} ${b.name}` ? -1 : 1)),
      });
      expect(made.version - version).toBeLessThanOrEqual(1);
      ({ version } = made);
      before = after;
      await expectSummariesTrue(sweepId);
      await expectSummariesTrue(other);
      // nothing is done for nobody, and each stage comes after its inputs
      expect(await query(`select id from stages s where state in ('waiting', 'ready', 'running') and not exists (select from sweep_stages ss join sweeps w on w.id = ss.sweep_id where ss.stage_id = s.id and w.state = 'running')`)).toEqual([]);
      expect(await query(`select 1 from sweep_stages a join stage_inputs i on i.stage_id = a.stage_id join sweep_stages b on b.sweep_id = a.sweep_id and b.stage_id = i.input_id where b.position >= a.position`)).toEqual([]);
      expect(await query('select * from dropped_stages')).toEqual([]);
      expect(await query('select * from edits')).toEqual([]);
    }
    const [sweep] = await query<{ spec: { seeds: object }; state: string }>('select spec, state from sweeps where id = $1', [sweepId]);
    expect(sweep!.spec.seeds).toEqual(specOf(steps.at(-1)!.to).seeds);
    await work();
    // an edit that changes nothing leaves a sweep that has ended alone; any other one lets it run to its end
    if (version > 1 && sweep!.state === 'running') expect(await query('select state from sweeps where id = $1', [sweepId])).toEqual([{ state: 'done' }]);
    expect((await query<{ state: string }>('select state from sweeps where id = $1', [other]))[0]!.state).not.toBe('running');
    expect(await query(`select stage_id from attempts where outcome = 'done' group by 1 having count(*) > 1`)).toEqual([]);
    for (const id of everDone) expect(await query('select state from stages where id = $1', [id])).toEqual([{ state: 'done' }]);
  }), { numRuns: 8, seed: 3 });
});

test('of two edits of one version one is made and the other is refused, with the new version; none is made of a sweep that is not there', async () => {
  const sweepId = await submit(specOf(first));
  const others = [specOf({ ...first, steps: [10] }), specOf({ ...first, train: [2] })];
  const answers = await Promise.allSettled(others.map((spec) => edit(sweepId, spec, { version: 1 })));
  expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(answers.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'sweep.changed', message: expect.stringContaining('it has version 2, not 1') as string } });
  const winner = others[answers.findIndex(({ status }) => status === 'fulfilled')]!;
  expect((await planOf(sweepId)) as { stages: string[] }).toMatchObject({ stages: planSweep(winner).stages.map(({ id }) => id).sort() });
  await expect(edit(sweepId, winner, { version: 1, dryRun: true })).rejects.toMatchObject({ code: 'sweep.changed' });
  await expect(edit('nosuch', winner)).rejects.toMatchObject({ code: 'not_found' });
  expect(await query('select * from edits')).toEqual([]);
});

test('an edit that changes no work leaves a sweep that has ended alone, and nothing at all if the spec is the same', async () => {
  const sweepId = await submit(specOf(first));
  await work();
  expect(await edit(sweepId, specOf(first))).toMatchObject({ version: 1 });
  expect(await edit(sweepId, { ...specOf(first), name: 'called otherwise' })).toMatchObject({ version: 2 });
  expect(await query('select name, state, version from sweeps where id = $1', [sweepId])).toEqual([{ name: 'called otherwise', state: 'done', version: 2 }]);
  expect(await edit(sweepId, specOf({ ...first, train: [1, 2] }))).toMatchObject({ version: 3, difference: { trials: { added: 1, kept: 1 }, stages: { kept: 6, dropped: 0 } } });
  expect(await query('select state from sweeps where id = $1', [sweepId])).toEqual([{ state: 'running' }]);
  await work();
  expect(await query('select state from sweeps where id = $1', [sweepId])).toEqual([{ state: 'done' }]);
  expect(await query(`select type, (data->>'version')::int as version, data->>'by' as by from events where type = 'sweep.edited' order by position`)).toEqual([{ type: 'sweep.edited', version: 2, by: 'local' }, { type: 'sweep.edited', version: 3, by: 'local' }]);
});

test('an edit that gives a sweep another budget leaves it held, lets it go on or holds it, without waiting for a reconciler', async () => {
  const spec = (budget?: Spec['budget']): Spec => ({ ...specOf(first), ...(budget && { budget }) });
  const sweepId = await submit(spec({ deviceHours: 1 }));
  const [{ id }] = (await query<{ id: string }>(`select id from stages where state = 'ready' limit 1`)) as [{ id: string }];
  await claim(database.store.db, id, worker);
  await query(`update sweeps set created_at = created_at - interval '3 hours'`);
  await query(`update attempts set started_at = started_at - interval '2 hours'`);
  await reconcile(database.store, queue);
  const held = async () => {
    const { state, paused, budget } = (await getSweep(database.store.db, sweepId, localPrincipal))!;
    return [state, paused, budget?.usedUp ?? null];
  };
  const seen = [await held()];
  for (const budget of [{ deviceHours: 1.5 }, { deviceHours: 4 }, { deviceHours: 1 }, { wallHours: 2 }, undefined] as const) {
    await edit(sweepId, spec(budget as Spec['budget']));
    seen.push(await held());
  }
  expect(seen).toEqual([['running', true, true], ['running', true, true], ['running', false, false], ['running', true, true], ['running', true, true], ['running', false, null]]);
  await cancelSweep(database.store, sweepId, localPrincipal);
});

test('an edit goes on while sweeps that share its stages are deleted and edited', async () => {
  const sweepId = await submit(specOf(first));
  const wide = specOf({ ...first, steps: [5, 10], train: [1, 2] });
  const deleting = async (): Promise<void> => {
    for (let round = 0; round < 8; round++) {
      const other = await submit(wide);
      await cancelSweep(database.store, other, localPrincipal).catch(() => undefined);
      await deleteSweep(database.store, other);
    }
  };
  const editing = async (): Promise<void> => {
    for (let round = 0; round < 16; round++) await edit(sweepId, round % 2 === 0 ? wide : specOf(first));
  };
  await Promise.all([deleting(), deleting(), editing(), editing()]);
  await edit(sweepId, wide);
  await work();
  expect(await query('select id, state from sweeps')).toEqual([{ id: sweepId, state: 'done' }]);
  expect(((await planOf(sweepId)) as { stages: string[] }).stages).toEqual(planSweep(wide).stages.map(({ id }) => id).sort());
  await expectSummariesTrue(sweepId);
});

test('the reconciler goes on with an edit whose author was cut off', async () => {
  const both = specOf({ ...first, train: [1, 2] });
  const sweepId = await submit(both);
  // the process ends after the call that makes the edit
  const db = new Proxy(database.store.db, { get: (target, key) => (key !== 'query' ? Reflect.get(target, key, target) as unknown : (text: string, params?: unknown[]) => (/cancel_dropped|from edits/.test(text) ? Promise.reject(new Error('cut off')) : target.query(text, params))) });
  const planned = plannedSweep(specOf({ ...first, train: [3] }), planSweep(specOf({ ...first, train: [3] })));
  await expect(editSweep({ ...database.store, db }, queue, planned, { sweepId, principal: localPrincipal, version: null })).rejects.toThrow('cut off');
  const count = async () => Object.fromEntries((await query<{ state: string; n: number }>(`select state, count(*)::int as n from stages group by 1`)).map(({ state, n }) => [state, n]));
  expect((await count())['cancelled']).toBeUndefined();
  await reconcile(database.store, queue, { cutOffAfterMs: 0 });
  expect(await count()).toEqual({ cancelled: 8, ready: 2, waiting: 4 });
  await work();
  expect(await query('select state from sweeps')).toEqual([{ state: 'done' }]);
});

test('what a process that was cut off has left of an edit goes with the next edit, once it is a day old', async () => {
  const sweepId = await submit(specOf({ ...first, train: [1] }));
  await query(`insert into edits (id, at) values ('old', now() - interval '25 hours'), ('young', now() - interval '23 hours')`);
  await query(`insert into edit_cells (edit_id, id, position, config) select id, 'c', 0, '{}' from edits`);
  await edit(sweepId, specOf({ ...first, train: [2] }));
  expect(await query('select edit_id from edit_cells')).toEqual([{ edit_id: 'young' }]);
});

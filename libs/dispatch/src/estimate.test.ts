import { parseSpec } from '@elucidate/experiment/parse-spec';
import { planSweep } from '@elucidate/experiment/plan';
import { defaultRate, describePlan } from './estimate.js';

const spec = parseSpec(`
name: saving
dataset: { name: fashion-mnist, resolution: 16 }
parameters: { schedule: { values: [{ kind: linear }, { kind: cosine }] }, steps: { values: [5, 10, 20] } }
seeds: { train: [1, 2], sample: [1, 2] }
`);
const { cells, trials, stages } = planSweep(spec);
const plan = { name: spec.name, cells: cells.length, trials: trials.length, stages, done: new Set<string>(), rates: [] };
const workOf = (kind: string) => stages.filter((stage) => stage.kind === kind).reduce((sum, { work }) => sum + work, 0);

test('cells that differ only in sampling share training runs: 24 trials need 4', () => {
  expect(describePlan(plan)).toMatchObject({ cells: 6, trials: 24, saving: { trainingRuns: 4, trainingRunsOnePerTrial: 24 } });
});

test('stages that are already done cost nothing and are counted', () => {
  const done = new Set(stages.filter(({ kind }) => kind === 'train').map(({ id }) => id));
  const [fresh, resumed] = [describePlan(plan), describePlan({ ...plan, done })];
  expect(resumed.alreadyDone).toBe(4);
  expect(fresh.estimatedSeconds - resumed.estimatedSeconds).toBeCloseTo(workOf('train') / defaultRate, 6);
});

test('a measured rate takes precedence over the default, and is reported as measured', () => {
  const { stages: kinds } = describePlan({ ...plan, rates: [{ kind: 'train', workPerSecond: 1e12 }] });
  expect(kinds.find(({ kind }) => kind === 'train')).toMatchObject({ rateMeasured: true, estimatedSeconds: workOf('train') / 1e12 });
  expect(kinds.find(({ kind }) => kind === 'sample')).toMatchObject({ rateMeasured: false, estimatedSeconds: workOf('sample') / defaultRate });
});

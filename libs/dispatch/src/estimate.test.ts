import { parseSpec } from '@elucidate/experiment/parse-spec';
import { planSweep } from '@elucidate/experiment/plan';
import { defaultRate } from '@elucidate/experiment/eta';
import { describePlan } from './estimate.js';

const spec = parseSpec(`
name: saving
dataset: { name: fashion-mnist, resolution: 16 }
parameters: { schedule: { values: [{ kind: linear }, { kind: cosine }] }, steps: { values: [5, 10, 20] } }
seeds: { train: [1, 2], sample: [1, 2] }
`);
const { cells, trials, stages } = planSweep(spec);
const plan = { name: spec.name, cells: cells.length, trials: trials.length, stages, done: new Set<string>(), rates: [], weak: ['few images'] };
const workOf = (kind: string) => stages.filter((stage) => stage.kind === kind).reduce((sum, { work }) => sum + work, 0);

test('cells that differ only in sampling share training runs: 24 trials need 4', () => {
  expect(describePlan(plan)).toMatchObject({ weak: ['few images'], cells: 6, trials: 24, saving: { trainingRuns: 4, trainingRunsOnePerTrial: 24 } });
});

test('stages that are already done cost nothing and are counted', () => {
  const done = new Set(stages.filter(({ kind }) => kind === 'train').map(({ id }) => id));
  const [fresh, resumed] = [describePlan(plan), describePlan({ ...plan, done })];
  expect(resumed.alreadyDone).toBe(4);
  expect(fresh.estimatedSeconds - resumed.estimatedSeconds).toBeCloseTo(workOf('train') / defaultRate, 6);
});

test('a measured rate takes precedence over the default, and is reported as measured', () => {
  const { stages: kinds } = describePlan({ ...plan, rates: [{ kind: 'train', exact: false, workPerSecond: 1e12 }] });
  expect(kinds.find(({ kind }) => kind === 'train')).toMatchObject({ rateMeasured: true, estimatedSeconds: expect.closeTo(workOf('train') / 1e12, 6) as number });
  expect(kinds.find(({ kind }) => kind === 'sample')).toMatchObject({ rateMeasured: false, estimatedSeconds: expect.closeTo(workOf('sample') / defaultRate, 6) as number });
});

test('what the exact denoiser took says nothing of a network, nor the other way round', () => {
  const exact = planSweep(parseSpec(`
name: exact
dataset: { name: gaussian, mean: 0, std: 0.5, resolution: 16 }
parameters: { network: { values: [exact, tiny] }, steps: { value: 5 } }
`)).stages;
  const rates = [{ kind: 'train', exact: true, workPerSecond: 1 }, { kind: 'sample', exact: true, workPerSecond: 1e6 }, { kind: 'sample', exact: false, workPerSecond: 1e12 }] as const;
  const { stages: kinds } = describePlan({ ...plan, stages: exact, rates });
  const isExact = (id: string) => exact.some((stage) => stage.id === id && (stage.params as { network?: { kind: string } }).network?.kind === 'exact');
  const samples = exact.filter(({ kind }) => kind === 'sample').map(({ work, inputs }) => work / (isExact((inputs as { train: string }).train) ? 1e6 : 1e12));
  expect(samples).toHaveLength(2);
  expect(kinds.find(({ kind }) => kind === 'sample')).toMatchObject({ rateMeasured: true, estimatedSeconds: expect.closeTo(samples[0]! + samples[1]!, 6) as number });
  const trained = exact.filter(({ kind, id }) => kind === 'train' && !isExact(id)).reduce((sum, { work }) => sum + work, 0);
  expect(kinds.find(({ kind }) => kind === 'train')?.rateMeasured).toBe(false);
  expect(kinds.find(({ kind }) => kind === 'train')?.estimatedSeconds).toBeGreaterThanOrEqual(trained / defaultRate);
});

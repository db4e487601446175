import { parseSpec } from '@elucidate/experiment/parse-spec';
import { planSweep } from '@elucidate/experiment/plan';
import { defaultRate, secondsAt } from '@elucidate/experiment/eta';
import { roundsAhead } from '@elucidate/experiment/rounds-ahead';
import type { Spec } from '@elucidate/experiment/spec';
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

test('a stage takes a moment however little it computes: of kinds that have never run, no estimate is none', () => {
  const small = planSweep(parseSpec(`
name: small
dataset: { name: gaussian, mean: 0, std: 0.5, resolution: 4 }
parameters: { network: { value: exact }, steps: { values: [1, 2, 3] } }
evaluate: { samples: 16 }
`)).stages;
  const { stages: kinds, estimatedSeconds } = describePlan({ ...plan, stages: small });
  for (const { stages: count, estimatedSeconds: seconds } of kinds) expect(seconds).toBeGreaterThanOrEqual(count * 0.2);
  expect(small.length).toBeGreaterThan(9);
  expect(estimatedSeconds).toBeGreaterThanOrEqual(small.length * 0.2);
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

describe('of a race the plan says what its looks may add', () => {
  const file = (more: object): Spec => parseSpec({
    name: 'race', dataset: { name: 'fashion-mnist', resolution: 16 }, seeds: { train: [1], sample: [1] }, evaluate: { samples: 64 }, race: { kind: 'halving', first: 64 },
    train: { network: 'tiny', images: 256, batch: 32, learningRatePlan: { kind: 'hold' } }, ...more,
  });
  const summaryOf = (spec: Spec, done = new Set<string>()) => {
    const planned = planSweep(spec);
    return describePlan({ name: 'race', cells: planned.cells.length, trials: planned.trials.length, stages: planned.stages, done, rates: [], weak: [], ahead: roundsAhead(spec, planned) });
  };
  const secondsOf = (spec: Spec, without: Spec): number => {
    const known = new Set(planSweep(without).stages.map(({ id }) => id));
    return planSweep(spec).stages.filter(({ id }) => !known.has(id)).reduce((sum, { work }) => sum + secondsAt(undefined, { stages: 1, work }), 0);
  };
  const stop = (names: readonly object[], images: number, left: number) => ({ images, left, stopped: names, order: [], undecided: 0, agreement: null });

  test('of a halving whose cells share nothing and cost the same, exactly what they will cost', () => {
    const rates = [0.001, 0.002, 0.003, 0.004];
    const parameters = { learningRate: { values: rates } };
    const [first, second, third] = [[], [[0.003, 0.004]], [[0.003, 0.004], [0.002]]].map((stopped) => file({ parameters, race: {
      kind: 'halving', first: 64, looks: stopped.map((of, look) => stop(of.map((learningRate) => ({ learningRate })), 64 << look, 2 >> look)), over: stopped.length > 1,
    } })) as [Spec, Spec, Spec];
    const { ahead = [] } = summaryOf(first);
    expect(ahead).toEqual([
      { images: 128, cells: 2, among: 4, stages: 8, low: expect.closeTo(secondsOf(second, first), 6) as number, high: expect.closeTo(secondsOf(second, first), 6) as number },
      { images: 256, cells: 1, among: 4, stages: 4, low: expect.closeTo(secondsOf(third, second), 6) as number, high: expect.closeTo(secondsOf(third, second), 6) as number },
    ]);
    expect(summaryOf(second).ahead).toEqual([{ ...ahead[1], among: 2 }]);
    expect(summaryOf(third)).not.toHaveProperty('ahead');
    // what has been done before costs nothing
    expect(summaryOf(first, new Set(planSweep(file({ parameters, race: undefined })).stages.map(({ id }) => id))).ahead?.[1]).toMatchObject({ stages: 0, low: 0, high: 0 });
  });

  test('of a cell that is left alone, that it is trained to the end at once', () => {
    const parameters = { learningRate: { values: [0.001, 0.002, 0.003] } };
    const lengths = (spec: Spec) => summaryOf(spec).ahead?.map(({ images, cells }) => [images, cells]);
    expect(lengths(file({ parameters, train: { network: 'tiny', images: 512, batch: 32, learningRatePlan: { kind: 'hold' } }, race: { kind: 'halving', first: 32, factor: 2 } }))).toEqual([[64, 2], [512, 1]]);
    expect(lengths(file({ parameters, race: { kind: 'halving', first: 32, factor: 3 } }))).toEqual([[256, 1]]);
  });

  test('of one whose cells differ in cost and share training runs, between what may go on at least and at most, whichever do', () => {
    const values = { network: ['tiny', 'small'], steps: [5, 50] };
    const parameters = { network: { values: values.network }, steps: { values: values.steps } };
    const cells = values.network.flatMap((network) => values.steps.map((steps) => ({ network, steps })));
    const first = file({ parameters });
    const [{ low, high } = { low: 0, high: 0 }] = summaryOf(first).ahead ?? [];
    const costs = cells.flatMap((one, i) => cells.slice(i + 1).map((other) => secondsOf(file({ parameters, race: { kind: 'halving', first: 64, looks: [stop(cells.filter((cell) => cell !== one && cell !== other), 64, 2)], over: false } }), first)));
    expect(costs).toHaveLength(6);
    for (const cost of costs) expect([low <= cost * (1 + 1e-9), cost <= high * (1 + 1e-9)]).toEqual([true, true]);
    expect(high).toBeLessThan(4 * low * Math.max(...costs) / Math.min(...costs));
    expect(low).toBeGreaterThan(0);
  });

  test('of a race over seeds, from nothing to all seeds that are left of those in it', () => {
    const more = { parameters: { steps: { values: [5, 50] } }, seeds: { train: [1, 2, 3, 4, 5], sample: [1] } };
    const [race, all] = [file({ ...more, race: { first: 3 } }), file({ ...more, race: undefined })];
    expect(summaryOf(race).ahead).toEqual([{ cells: 2, among: 2, stages: 2 * (1 + 2 * 3), low: 0, high: expect.closeTo(secondsOf(all, race), 6) as number }]);
    expect(summaryOf(all)).not.toHaveProperty('ahead');
  });
});

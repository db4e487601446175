import { overSeeds, type OverSeeds } from './over-seeds.js';
import { seededRandom } from './random.js';
import { tQuantile } from './student-t.js';
import { grid, simulated } from './simulated.js';

test('of one sample seed it is the t interval of the training runs, of one training that of the sample seeds', () => {
  // mean 44.25 and deviation 2.67: 45.45, 46.12, 41.19
  const values = [45.45, 46.12, 41.19];
  const half = (tQuantile(0.975, 2) * Math.sqrt(((45.45 - 44.25333) ** 2 + (46.12 - 44.25333) ** 2 + (41.19 - 44.25333) ** 2) / 2)) / Math.sqrt(3);
  for (const [trials, reach] of [[grid(values.map((value) => [value])), 'training runs'], [grid([values]), 'samples']] as const) {
    const over = overSeeds(trials);
    expect(over).toMatchObject({ trials: 3, reach, degreesOfFreedom: 2 });
    expect(over.interval!.low).toBeCloseTo(44.25333 - half, 4);
    expect(over.interval!.high).toBeCloseTo(44.25333 + half, 4);
  }
});

test('a single trial has a mean and nothing else', () => {
  expect(overSeeds(grid([[3]]))).toMatchObject({ mean: 3, trials: 1, standardError: null, degreesOfFreedom: null, interval: null, reach: null });
});

test('components of a balanced design are those of the two-way analysis of variance', () => {
  const rows = [[6.5, 7.5], [9.5, 10.5], [11.5, 14.5]];
  const [rowMeans, columnMeans] = [rows.map(([a, b]) => (a! + b!) / 2), [0, 1].map((j) => rows.reduce((sum, row) => sum + row[j]!, 0) / 3)];
  const ofTrainingRuns = (2 * rowMeans.reduce((sum, mean) => sum + (mean - 10) ** 2, 0)) / 2;
  const ofSamples = 3 * columnMeans.reduce((sum, mean) => sum + (mean - 10) ** 2, 0);
  const rest = rows.flatMap((row, i) => row.map((value, j) => (value - rowMeans[i]! - columnMeans[j]! + 10) ** 2)).reduce((a, b) => a + b, 0) / 2;
  const { components, standardError, degreesOfFreedom, mean, balanced } = overSeeds(grid(rows));
  expect([mean, balanced]).toEqual([10, true]);
  expect(components.trainingRuns).toBeCloseTo((ofTrainingRuns - rest) / 2, 12);
  expect(components.samples).toBeCloseTo((ofSamples - rest) / 3, 12);
  expect(components.rest).toBeCloseTo(rest, 12);
  const variance = (ofTrainingRuns + ofSamples - rest) / 6;
  expect(standardError! ** 2).toBeCloseTo(variance, 12);
  expect(degreesOfFreedom).toBeCloseTo(Math.max(1, (6 * variance) ** 2 / (ofTrainingRuns ** 2 / 2 + ofSamples ** 2 / 1 + rest ** 2 / 2)), 12);
});

test('components of an unbalanced design are right on average', () => {
  const random = seededRandom(11);
  const sum = { trainingRuns: 0, samples: 0, rest: 0, mean: 0 };
  const runs = 1000;
  for (let run = 0; run < runs; run++) {
    const trials = simulated(random, { trainingRuns: 6, samples: 5, mean: 50, spread: { trainingRuns: 3, samples: 2, rest: 1 } }).filter(({ train, sample }) => (train + 2 * sample) % 4 !== 0);
    const { components, mean, balanced } = overSeeds(trials);
    expect(balanced).toBe(false);
    for (const level of ['trainingRuns', 'samples', 'rest'] as const) sum[level] += components[level] / runs;
    sum.mean += mean / runs;
  }
  // more than three standard errors of these means; a component below 0 counts as 0, which adds a little
  expect(Math.abs(sum.mean - 50)).toBeLessThan(0.2);
  expect(sum.trainingRuns / 9).toBeCloseTo(1, 1);
  expect(sum.samples / 4).toBeCloseTo(1, 1);
  expect(sum.rest).toBeCloseTo(1, 1);
});

test('two grids that have no seed in common have the components of both, pooled, and the degrees of freedom of both', () => {
  const rows = [[[1, 2.5], [5, 6]], [[3, 4], [8, 10]]];
  const grids = rows.map((values, i) => grid(values).map(({ train, sample, value }) => ({ train: train + 2 * i, sample: sample + 2 * i, value })));
  const [one, other, both] = [grids[0]!, grids[1]!, grids.flat()].map((trials) => overSeeds(trials)) as [OverSeeds, OverSeeds, OverSeeds];
  expect([one.groups, both.groups, both.balanced]).toEqual([1, 2, false]);
  for (const level of ['trainingRuns', 'samples', 'rest'] as const) expect(both.components[level]).toBeCloseTo((one.components[level] + other.components[level]) / 2, 12);
  expect(both.standardError! ** 2).toBeCloseTo((one.standardError! ** 2 + other.standardError! ** 2) / 4, 12);
});

test('neither the order of trials nor the names of seeds matter; a shift moves the interval and a factor scales it', () => {
  const trials = simulated(seededRandom(5), { trainingRuns: 4, samples: 3, mean: 20, spread: { trainingRuns: 2, samples: 1, rest: 0.5 } }).slice(1);
  const { interval, standardError, degreesOfFreedom } = overSeeds(trials);
  const other = overSeeds([...trials].reverse().map(({ train, sample, value }) => ({ train: 7 - train, sample: 100 + 3 * sample, value: 2 * value + 5 })));
  expect(other.degreesOfFreedom).toBeCloseTo(degreesOfFreedom!, 8);
  expect(other.standardError).toBeCloseTo(2 * standardError!, 8);
  expect(other.interval!.low).toBeCloseTo(2 * interval!.low + 5, 8);
});

test('seeds of which too few were combined have no interval; trials that share no seed count each', () => {
  expect(overSeeds([{ train: 1, sample: 1, value: 1 }, { train: 1, sample: 2, value: 2 }, { train: 2, sample: 1, value: 4 }])).toMatchObject({ interval: null, reach: null });
  expect(overSeeds([{ train: 1, sample: 1, value: 1 }, { train: 2, sample: 2, value: 2 }, { train: 3, sample: 3, value: 3 }])).toMatchObject({ standardError: expect.closeTo(1 / Math.sqrt(3), 12) as number, degreesOfFreedom: 2, reach: 'training runs and samples' });
});

test('equal scores have an interval of no width', () => {
  expect(overSeeds(grid([[5, 5], [5, 5]])).interval).toEqual({ low: 5, high: 5 });
  expect(overSeeds(grid([[5], [5]])).interval).toEqual({ low: 5, high: 5 });
});

test.each([[3, 1], [5, 1], [3, 3], [5, 3]])('the 95 %% interval of %p training runs x %p sample seeds contains the true mean in at least 93 %% of simulated sweeps', (trainingRuns, samples) => {
  const random = seededRandom(trainingRuns * 10 + samples);
  const runs = 3000;
  let hits = 0;
  for (let run = 0; run < runs; run++) {
    const { interval } = overSeeds(simulated(random, { trainingRuns, samples, mean: 30, spread: { trainingRuns: 1, samples: samples === 1 ? 0 : 0.5, rest: 0.5 } }));
    if (interval!.low <= 30 && interval!.high >= 30) hits++;
  }
  expect(hits / runs).toBeGreaterThan(0.93);
  expect(hits / runs).toBeLessThan(0.99);
});

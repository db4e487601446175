import { expectedBestOf } from './best-of.js';
import { bootstrapInterval, quantile } from './bootstrap.js';
import { normal, seededRandom } from './random.js';
import { overSeeds } from './over-seeds.js';
import { grid, simulated } from './simulated.js';

describe('expectedBestOf', () => {
  it('is the mean of the best over every choice', () => {
    const values = [5, 3, 8, 1, 9];
    const choices = values.flatMap((a, i) => values.slice(i + 1).flatMap((b, j) => values.slice(i + j + 2).map((c) => [a, b, c])));
    expect(choices).toHaveLength(10);
    expect(expectedBestOf(values, 3, 'lower')).toBeCloseTo(choices.reduce((sum, choice) => sum + Math.min(...choice), 0) / 10, 12);
    expect(expectedBestOf(values, 3, 'higher')).toBeCloseTo(choices.reduce((sum, choice) => sum + Math.max(...choice), 0) / 10, 12);
  });

  it('is the mean for one, the best for all, and nothing for more than there are', () => {
    expect(expectedBestOf([4, 1, 7], 1, 'lower')).toBeCloseTo(4, 12);
    expect([3, 4].map((k) => expectedBestOf([4, 1, 7], k, 'lower'))).toEqual([1, null]);
  });

  it('lies below the mean of normal values by their expected minimum: 3 / (2 sqrt(pi)) of three', () => {
    const random = seededRandom(4);
    const values = Array.from({ length: 4000 }, () => normal(random));
    expect(expectedBestOf(values, 3, 'lower')).toBeCloseTo(-3 / (2 * Math.sqrt(Math.PI)), 1);
  });
});

describe('bootstrapInterval', () => {
  it('is the same for the same seed, contains the mean and moves with the scores', () => {
    const trials = simulated(seededRandom(1), { trainingRuns: 6, samples: 3, mean: 40, spread: { trainingRuns: 2, samples: 0, rest: 1 } });
    const [once, again] = [1, 1].map(() => bootstrapInterval(trials, seededRandom(2)));
    expect(once).toEqual(again);
    const { mean } = overSeeds(trials);
    expect(once!.low).toBeLessThan(mean);
    expect(once!.high).toBeGreaterThan(mean);
    expect(bootstrapInterval(trials.map((trial) => ({ ...trial, value: trial.value + 7 })), seededRandom(2)).low).toBeCloseTo(once!.low + 7, 10);
  });

  it('comes close to the t interval with many training runs', () => {
    const trials = simulated(seededRandom(8), { trainingRuns: 80, samples: 1, mean: 0, spread: { trainingRuns: 1, samples: 0, rest: 0 } });
    const [boot, t] = [bootstrapInterval(trials, seededRandom(9), { resamples: 4000 }), overSeeds(trials).interval!];
    expect((boot.high - boot.low) / (t.high - t.low)).toBeCloseTo(1, 1);
  });

  it('draws the sample seeds of a single training', () => {
    const { low, high } = bootstrapInterval(grid([[1, 2, 3, 4]]), seededRandom(1));
    expect(low).toBeGreaterThanOrEqual(1);
    expect(high).toBeLessThanOrEqual(4);
    expect(low).toBeLessThan(high);
  });
});

test('quantiles of a list are linear between its values', () => {
  expect([0, 0.25, 0.5, 1].map((p) => quantile([10, 20, 40], p))).toEqual([10, 15, 20, 40]);
});

import { detectableDifference, expectedError, tPower, trainingRunsToSettle } from './power.js';
import { paired } from './paired.js';
import { seededRandom } from './random.js';
import { grid, simulated } from './simulated.js';

// scipy 1.17.1: stats.nct.sf(c, df, nc) + stats.nct.cdf(-c, df, nc) with c = stats.t.ppf(1 - alpha / 2, df); the second is R's example power.t.test(n = 20, delta = 1)
test.each([[5, 2, 0.05, 0.7191805363914986], [Math.sqrt(10), 38, 0.05, 0.86895302772399], [3, 1, 0.05, 0.18613206160658757], [4.2, 7.5, 0.01, 0.7515446999820107]])('a shift of %p standard errors with %p degrees of freedom at level %p is found with chance %p', (shift, df, alpha, power) => {
  expect(tPower(shift, df, alpha)).toBeCloseTo(power, 6);
});

test('where there is no difference, the chance to find one is the level', () => {
  for (const df of [1, 2, 5.5, 40]) expect(tPower(0, df, 0.05)).toBeCloseTo(0.05, 6);
});

test('the smallest difference that is seen is seen with the power asked for', () => {
  for (const df of [1, 2, 8]) expect(tPower(detectableDifference(0.7, df) / 0.7, df)).toBeCloseTo(0.8, 6);
});

test('so many training runs find the difference in as many simulated sweeps as promised, and one fewer in fewer', () => {
  const [difference, deviation] = [1, 0.9];
  const seen = { ...paired(grid([[2], [3]]), grid([[1], [2]]))!, mean: difference, components: { trainingRuns: deviation ** 2, samples: 0, rest: 0 } };
  const needed = trainingRunsToSettle(seen)!;
  expect(needed).toBe(9);
  const random = seededRandom(3);
  const found = (trainingRuns: number): number => {
    let hits = 0;
    for (let run = 0; run < 3000; run++) if (paired(simulated(random, { trainingRuns, samples: 1, mean: difference, spread: { trainingRuns: deviation, samples: 0, rest: 0 } }), grid(Array.from({ length: trainingRuns }, () => [0])))!.p! < 0.05) hits++;
    return hits / 3000;
  };
  expect(found(needed)).toBeGreaterThan(0.78);
  expect(found(needed - 1)).toBeLessThan(0.8);
});

test('more training runs do not make up for three sample seeds that differ: of the deviation between these there are two degrees of freedom', () => {
  const [samples, deviation] = [3, 1];
  const seen = (shift: number) => ({ ...paired(grid([[2, 3, 4], [3, 4, 6]]), grid([[0, 0, 0], [0, 0, 0]]))!, mean: (shift * deviation) / Math.sqrt(samples), components: { trainingRuns: 0.001, samples: deviation ** 2, rest: 0.001 } });
  expect([tPower(4, 2), tPower(4, 30)].map((power) => power >= 0.8)).toEqual([false, true]);
  expect([4, 10].map((shift) => trainingRunsToSettle(seen(shift)))).toEqual([null, 2]);
  const random = seededRandom(4);
  let hits = 0;
  for (let run = 0; run < 1000; run++) if (paired(simulated(random, { trainingRuns: 20, samples, mean: seen(4).mean, spread: { trainingRuns: 0.03, samples: deviation, rest: 0.03 } }), grid(Array.from({ length: 20 }, () => [0, 0, 0])))!.p! < 0.05) hits++;
  expect(hits / 1000).toBeCloseTo(tPower(4, 2), 1);
});

test('no number of training runs settles what the sample seeds leave open, or what is no difference', () => {
  const seen = paired(grid([[2, 3], [3, 4]]), grid([[1, 1], [2, 2]]))!;
  expect(trainingRunsToSettle({ ...seen, mean: 0.1, components: { trainingRuns: 0, samples: 4, rest: 0 } })).toBeNull();
  expect(trainingRunsToSettle({ ...seen, mean: 0 })).toBeNull();
  expect(trainingRunsToSettle(paired(grid([[1]]), grid([[2]]))!)).toBeNull();
});

test('with the seeds that there are the expected error is the one seen; with four times the training runs it is half, if only those differ; of what one seed cannot tell nothing is expected', () => {
  const flat = (rows: number, columns: number) => grid(Array.from({ length: rows }, () => new Array<number>(columns).fill(0)));
  const random = seededRandom(6);
  const spread = { trainingRuns: 1, samples: 0.5, rest: 0.2 };
  for (const size of [{ trainingRuns: 3, samples: 1 }, { trainingRuns: 1, samples: 4 }, { trainingRuns: 3, samples: 4 }]) {
    const seen = paired(simulated(random, { ...size, mean: 2, spread }), flat(size.trainingRuns, size.samples))!;
    expect(expectedError(seen, size)).toBeCloseTo(seen.standardError!, 12);
    expect(expectedError(seen, { ...size, trainingRuns: 4 * size.trainingRuns })).toEqual(size.trainingRuns === 1 ? null : size.samples === 1 ? seen.standardError! / 2 : expect.any(Number));
    expect(expectedError(seen, { ...size, samples: 4 * size.samples })).toEqual(size.samples === 1 ? null : size.trainingRuns === 1 ? seen.standardError! / 2 : expect.any(Number));
  }
  expect(expectedError(paired(grid([[1]]), grid([[2]]))!, { trainingRuns: 2, samples: 1 })).toBeNull();
});

import { analysisOfVariance, ConfoundedError, type Configuration } from './anova.js';
import { paired } from './paired.js';
import { normal, seededRandom, type Random } from './random.js';
import { meanOf, type Trial } from './trial.js';

/** Every combination of levels, the last factor varying fastest. */
const gridOf = (counts: readonly number[]): number[][] => counts.reduce<number[][]>((found, count) => found.flatMap((before) => Array.from({ length: count }, (_, level) => [...before, level])), [[]]);

interface Truth {
  counts: readonly number[];
  seeds: readonly [train: number, sample: number];
  of: (levels: readonly number[]) => number;
  noise?: number;
  keep?: (levels: readonly number[]) => boolean;
}

function simulatedGrid(random: Random, { counts, seeds: [trains, samples], of, noise = 1, keep = () => true }: Truth): Configuration[] {
  const alike = Array.from({ length: trains * samples }, () => 2 * normal(random));
  return gridOf(counts).filter(keep).map((levels) => ({
    levels,
    trials: alike.map((common, i): Trial => ({ train: Math.floor(i / samples), sample: i % samples, value: of(levels) + common + noise * normal(random) })),
  }));
}

const meanAt = (configurations: readonly Configuration[], where: (levels: readonly number[]) => boolean): number => meanOf(configurations.filter(({ levels }) => where(levels)).flatMap(({ trials }) => trials.map(({ value }) => value)));

test('with one factor of two levels it is the paired t test', () => {
  for (const seeds of [[4, 1], [3, 3], [1, 4]] as const) {
    const [a, b] = simulatedGrid(seededRandom(2), { counts: [2], seeds, of: ([level]) => 30 + level! }) as [Configuration, Configuration];
    const [effect] = analysisOfVariance([a, b], [2]).effects;
    const difference = paired(a.trials, b.trials)!;
    expect(effect!.f).toBeCloseTo((difference.mean / difference.standardError!) ** 2, 9);
    expect(effect!.errorDegreesOfFreedom).toBeCloseTo(difference.degreesOfFreedom!, 9);
    expect(effect!.p).toBeCloseTo(difference.p!, 10);
    expect(effect!.spread).toBeCloseTo(Math.abs(difference.mean) / 2, 12);
  }
});

test('in a full grid it is the classical analysis: sums of squares of marginal means, tested by their interaction with the seeds', () => {
  const counts = [3, 2, 2];
  const found = simulatedGrid(seededRandom(5), { counts, seeds: [3, 1], of: ([a, b]) => 20 + 2 * a! + 3 * b! + a! * b! });
  const { effects, full, mean } = analysisOfVariance(found, counts);
  expect([full, effects.length]).toEqual([true, 6]);
  const [trials, total] = [36, found.flatMap(({ trials: own }) => own).reduce((sum, { value }) => sum + (value - mean) ** 2, 0)];
  const deviations = (level: number): number => meanAt(found, ([a]) => a === level) - mean;
  const ofA = (trials / 3) * [0, 1, 2].reduce((sum, level) => sum + deviations(level) ** 2, 0);
  expect(effects[0]!.share).toBeCloseTo(ofA / total, 12);
  // A by seed, of means over B and C
  const cell = (level: number, train: number): number => meanOf(found.filter(({ levels }) => levels[0] === level).map(({ trials: own }) => own[train]!.value));
  const bySeed = [0, 1, 2].map((train) => meanOf([0, 1, 2].map((level) => cell(level, train))));
  const withSeeds = 4 * [0, 1, 2].flatMap((level) => bySeed.map((seed, train) => (cell(level, train) - deviations(level) - seed) ** 2)).reduce((sum, square) => sum + square, 0);
  expect(effects[0]!.f).toBeCloseTo(ofA / 2 / (withSeeds / 4), 9);
  expect(effects[0]).toMatchObject({ term: [0], degreesOfFreedom: 2, errorDegreesOfFreedom: 4 });
  const pair = effects.find(({ term }) => term.length === 2 && term[0] === 0 && term[1] === 1)!;
  const ofPair = (trials / 6) * [0, 1, 2].flatMap((a) => [0, 1].map((b) => (meanAt(found, (at) => at[0] === a && at[1] === b) - meanAt(found, (at) => at[0] === a) - meanAt(found, (at) => at[1] === b) + mean) ** 2)).reduce((sum, square) => sum + square, 0);
  expect(pair.share).toBeCloseTo(ofPair / total, 12);
});

test('the shares of a full grid, with those of seeds, of higher interactions and of noise, add up to one', () => {
  const counts = [2, 3, 2];
  const { effects, rest } = analysisOfVariance(simulatedGrid(seededRandom(6), { counts, seeds: [2, 2], of: ([a, b, c]) => a! + b! * c! + 4 * a! * b! * c! }), counts);
  expect(effects.reduce((sum, { share }) => sum + share, 0) + rest.seeds + rest.higher + rest.noise).toBeCloseTo(1, 12);
  expect(rest.higher).toBeGreaterThan(0.05);
});

/** What least squares by normal equations leaves of y, solved by elimination. */
function residual(x: readonly (readonly number[])[], y: readonly number[]): number {
  const p = x[0]!.length;
  const a = Array.from({ length: p }, (_, i) => [...Array.from({ length: p }, (__, j) => x.reduce((sum, row) => sum + row[i]! * row[j]!, 0)), x.reduce((sum, row, k) => sum + row[i]! * y[k]!, 0)]);
  for (let i = 0; i < p; i++) {
    for (let k = 0; k < p; k++) {
      if (k === i) continue;
      const factor = a[k]![i]! / a[i]![i]!;
      a[k] = a[k]!.map((value, j) => value - factor * a[i]![j]!);
    }
  }
  const beta = a.map((row, i) => row[p]! / row[i]!);
  return y.reduce((sum, value, k) => sum + (value - x[k]!.reduce((fit, code, j) => fit + code * beta[j]!, 0)) ** 2, 0);
}

test('with holes each sum of squares is what an effect adds to all others, and interactions with missing combinations are left out by name', () => {
  const counts = [2, 3, 2];
  const found = simulatedGrid(seededRandom(7), { counts, seeds: [3, 1], of: ([a, b]) => 10 + a! + 2 * b!, keep: ([a, b]) => !(a === 1 && b === 2) });
  const { effects, full, leftOut, mean } = analysisOfVariance(found, counts);
  expect([full, leftOut]).toEqual([false, [{ term: [0, 1], missing: [[1, 2]] }]]);
  expect(effects.map(({ term }) => term)).toEqual([[0], [1], [2], [0, 2], [1, 2]]);
  const e = (level: number, count: number): number[] => Array.from({ length: count - 1 }, (_, j) => (level === count - 1 ? -1 : Number(level === j)));
  const parts = found.map(({ levels: [a, b, c] }) => ({ one: [1], a: e(a!, 2), b: e(b!, 3), c: e(c!, 2), ac: [e(a!, 2)[0]! * e(c!, 2)[0]!], bc: e(b!, 3).map((x) => x * e(c!, 2)[0]!) }));
  const y = found.map(({ trials }) => meanOf(trials.map(({ value }) => value)));
  const left = (without?: keyof (typeof parts)[number]): number => residual(parts.map((row) => Object.entries(row).flatMap(([name, codes]) => (name === without ? [] : codes))), y);
  const total = found.flatMap(({ trials }) => trials).reduce((sum, { value }) => sum + (value - mean) ** 2, 0);
  (['a', 'b', 'c', 'ac', 'bc'] as const).forEach((name, i) => expect(effects[i]!.share).toBeCloseTo((3 * (left(name) - left())) / total, 9));
});

test('levels have their own deviations from the mean, exactly where there is no noise', () => {
  const counts = [2, 3];
  const { levels, effects } = analysisOfVariance(simulatedGrid(seededRandom(8), { counts, seeds: [3, 1], noise: 0, of: ([a, b]) => 10 * a! + [0, 3, 9][b!]! }), counts);
  const at = (...places: number[]) => levels.find((one) => JSON.stringify(one.levels) === JSON.stringify(places) && one.term.length === places.length)!.deviation;
  expect(at(0).mean).toBeCloseTo(-5, 10);
  expect(levels.filter(({ term }) => term.length === 1 && term[0] === 1).map(({ deviation }) => deviation.mean)).toEqual([expect.closeTo(-4, 10), expect.closeTo(-1, 10), expect.closeTo(5, 10)]);
  expect(at(1, 2).mean).toBeCloseTo(10, 10);
  expect(effects[0]!.spread).toBeCloseTo(5, 10);
});

test('neither order nor the names of levels matter; a shift changes nothing, a factor only spreads and deviations', () => {
  const counts = [2, 3];
  const found = simulatedGrid(seededRandom(9), { counts, seeds: [3, 2], of: ([a, b]) => a! * b! });
  const one = analysisOfVariance(found, counts);
  const other = analysisOfVariance([...found].reverse().map(({ levels: [a, b], trials }) => ({ levels: [1 - a!, (b! + 1) % 3], trials: [...trials].reverse().map((trial) => ({ ...trial, value: 7 - 3 * trial.value })) })), counts);
  one.effects.forEach((effect, i) => {
    expect(other.effects[i]!.f).toBeCloseTo(effect.f!, 8);
    expect(other.effects[i]!.omega).toBeCloseTo(effect.omega!, 10);
    expect(other.effects[i]!.spread).toBeCloseTo(3 * effect.spread, 8);
  });
});

test('one pair of seeds has shares and deviations, and no test', () => {
  const { effects, reach, levels } = analysisOfVariance(simulatedGrid(seededRandom(1), { counts: [2, 2], seeds: [1, 1], of: ([a]) => a! }), [2, 2]);
  expect([reach, effects[0]!.f, effects[0]!.spreadInterval, levels[0]!.deviation.interval]).toEqual([null, null, null, null]);
  expect(effects[0]!.share).toBeGreaterThan(0);
});

test('equal scores have no effects, and scores without noise leave no doubt', () => {
  const same = analysisOfVariance(gridOf([2, 2]).map((levels) => ({ levels, trials: [0, 1].map((train) => ({ train, sample: 0, value: 5 })) })), [2, 2]);
  expect(same.effects.map(({ share, p, omega }) => [share, p, omega])).toEqual(new Array(3).fill([0, 1, 0]));
  const clear = analysisOfVariance(gridOf([2, 2]).map((levels) => ({ levels, trials: [0, 1].map((train) => ({ train, sample: 0, value: levels[0]! })) })), [2, 2]);
  expect(clear.effects.map(({ share, p, omega }) => [Number(share.toFixed(12)), p, omega])).toEqual([[1, 0, 1], [0, 1, 0], [0, 1, 0]]);
});

test('an effect that is hundreds of times its error has an interval of partial omega squared around the estimate', () => {
  const [effect] = analysisOfVariance(simulatedGrid(seededRandom(4), { counts: [2, 10], seeds: [3, 1], noise: 1e-2, of: ([a]) => 100 * a! }), [2, 10]).effects;
  expect(effect!.f).toBeGreaterThan(1e6);
  expect(effect!.omegaInterval!.low).toBeLessThan(effect!.omega!);
  expect(effect!.omegaInterval!.high).toBe(1);
});

test('factors that vary together are refused, and interactions that few configurations do not tell apart are left out', () => {
  const trials = [0, 1].map((train) => ({ train, sample: 0, value: train }));
  expect(() => analysisOfVariance([[0, 0], [1, 1]].map((levels) => ({ levels, trials })), [2, 2])).toThrow(ConfoundedError);
  // half of a 2 x 2 x 2: each interaction is the third main effect
  const half = analysisOfVariance(gridOf([2, 2, 2]).filter(([a, b, c]) => (a! + b! + c!) % 2 === 0).map((levels) => ({ levels, trials })), [2, 2, 2]);
  expect([half.effects.map(({ term }) => term), half.leftOut.map(({ missing }) => missing)]).toEqual([[[0], [1], [2]], [[], [], []]]);
});

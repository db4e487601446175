import fc from 'fast-check';
import { against, ones, reversed } from './against.fixture.js';
import { cmmd } from './cmmd.js';
import { rows, type Features } from './features.js';
import { mapped, rotation } from './gaussian.fixture.js';
import { gaussian } from './simulated-features.js';

/** Pairs of a point with itself are counted (the authors' code, distance.py), or are not: all by |x|^2 + |y|^2 - 2 x.y. */
function estimate(x: Features, y: Features, { sigma, itself }: { sigma: number; itself: boolean }): number {
  const dot = (a: Features, i: number, b: Features, j: number): number => Array.from({ length: a.d }, (_, c) => a.values[i * a.d + c]! * b.values[j * b.d + c]!).reduce((sum, term) => sum + term, 0);
  const mean = (a: Features, b: Features): number => {
    const pairs = Array.from({ length: a.n * b.n }, (_, at) => [Math.floor(at / b.n), at % b.n] as const).filter(([i, j]) => itself || a !== b || i !== j);
    return pairs.reduce((sum, [i, j]) => sum + Math.exp(-(dot(a, i, a, i) + dot(b, j, b, j) - 2 * dot(a, i, b, j)) / (2 * sigma ** 2)), 0) / pairs.length;
  };
  return 1000 * (mean(x, x) + mean(y, y) - 2 * mean(x, y));
}

const sets = fc.record({ n: fc.integer({ min: 2, max: 24 }), d: fc.integer({ min: 1, max: 12 }), sigma: fc.integer({ min: 1, max: 10 }), shift: fc.double({ min: 0, max: 2, noNaN: true }), seed: fc.nat() })
  .map(({ n, d, sigma, shift, seed }) => ({ d, sigma, seed, x: gaussian(n, ones(d), { seed, shift }), y: gaussian(n, ones(d), { seed: seed + 1 }) }));

describe('CMMD', () => {
  it('between N(0, I) and N(m, I) is 2000 (s/(s+2))^(d/2) (1 - exp(-|m|^2/(2(s+2)))) for s = sigma^2', () => {
    const [d, s, shift] = [4, 9, 1];
    const exact = 2000 * (s / (s + 2)) ** (d / 2) * (1 - Math.exp((-d * shift ** 2) / (2 * (s + 2))));
    const means = Array.from({ length: 40 }, (_, seed) => cmmd(against(gaussian(60, ones(d), { seed, shift }), gaussian(60, ones(d), { seed: seed + 1000 })), { sigma: 3 }).value);
    const mean = means.reduce((sum, x) => sum + x, 0) / means.length;
    const error = Math.sqrt(means.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (means.length - 1) / means.length);
    expect(Math.abs(mean - exact)).toBeLessThan(4 * error);
    expect(error).toBeLessThan(exact / 20);
  });

  it('is the mean over pairs of distinct images, and has the estimate of the authors\' code in its details', () => {
    fc.assert(fc.property(sets, ({ x, y, sigma }) => {
      const { value, details } = cmmd(against(x, y), { sigma });
      expect(value).toBeCloseTo(estimate(x, y, { sigma, itself: false }), 8);
      expect(details!['published']).toBeCloseTo(estimate(x, y, { sigma, itself: true }), 8);
    }), { numRuns: 40 });
  });

  it('depends neither on the order of the images nor on a rotation of all features, and compares as many real images as generated ones', () => {
    fc.assert(fc.property(sets, ({ x, y, d, sigma, seed }) => {
      const { value } = cmmd(against(x, y), { sigma });
      const q = rotation(d, seed + 2);
      expect(cmmd(against(reversed(x), reversed(y)), { sigma }).value).toBeCloseTo(value, 8);
      expect(cmmd(against(mapped(x, q), mapped(y, q)), { sigma }).value).toBeCloseTo(value, 8);
      expect(cmmd(against(y, x), { sigma }).value).toBeCloseTo(value, 8);
      const more = gaussian(x.n + 7, ones(d), { seed: seed + 1 });
      expect(cmmd(against(x, more), { sigma })).toEqual(cmmd(against(x, rows(more, 0, x.n)), { sigma }));
    }), { numRuns: 30 });
  });

  it('of one distribution has the mean 0 at any n, where the published estimate is above it by about 2000 (1 - mean kernel)/n', () => {
    const scores = Array.from({ length: 200 }, (_, seed) => cmmd(against(gaussian(8, ones(3), { seed }), gaussian(8, ones(3), { seed: seed + 5000 })), { sigma: 2 }));
    const mean = (of: (score: (typeof scores)[number]) => number) => scores.reduce((sum, score) => sum + of(score), 0) / scores.length;
    const kernel = (4 / (4 + 2)) ** (3 / 2);
    const error = Math.sqrt(mean(({ value }) => value ** 2) / scores.length);
    expect(Math.abs(mean(({ value }) => value))).toBeLessThan(4 * error);
    expect(Math.abs(mean(({ details }) => details!['published'] as number) - (2000 * (1 - kernel)) / 8)).toBeLessThan(4 * error);
  });

  it('refuses features too large to be squared', () => {
    const huge = { values: Float64Array.from([1e200, -1e200, 1e200, 0]), n: 2, d: 2 };
    expect(Number.isFinite(cmmd(against(huge, gaussian(2, ones(2), { seed: 1 })), { sigma: 10 }).value)).toBe(true);
    expect(() => cmmd(against({ ...huge, values: huge.values.map(() => Infinity) }, gaussian(2, ones(2), { seed: 1 })), { sigma: 10 })).toThrow('too large');
  });
});

import fc from 'fast-check';
import { frechetDistance } from './fid.js';
import { mapped, rotation } from './gaussian.fixture.js';
import { gaussian } from './simulated-features.js';
import type { Features } from './features.js';
import { statistics, type Statistics } from './statistics.js';
import { uniformStream } from './subsets.js';

/** The Gaussian with this mean and the covariance F'F, F [r,d]. */
const normal = (mean: number[], factor: number[]): Statistics => ({ n: 1000, d: mean.length, mean: Float64Array.from(mean), factor: Float64Array.from(factor) });
const diagonal = (mean: number[], variances: number[]) => normal(mean, variances.flatMap((v, i) => variances.map((_, j) => (i === j ? Math.sqrt(v) : 0))));
const outer = (u: number[]) => normal(u.map(() => 0), u);
const ones = (d: number) => new Array<number>(d).fill(1);

describe('frechetDistance between known Gaussians', () => {
  it('is 8 between N(0, I) and N(1, 4I) in four dimensions', () => {
    expect(frechetDistance(diagonal([0, 0, 0, 0], ones(4)), diagonal(ones(4), [4, 4, 4, 4]))).toBeCloseTo(8, 12);
  });

  it('is 13 - 2 sqrt(14) where the covariances do not commute', () => {
    expect(frechetDistance(normal([1, -2], [Math.SQRT2, Math.SQRT1_2, 0, Math.sqrt(1.5)]), diagonal([0, 0], [1, 3]))).toBeCloseTo(5.516685226452, 12);
  });

  it('is 12 between uu\' and vv\' of rank one, whose root has trace |u.v| = 2', () => {
    expect(frechetDistance(outer([1, 2, 3]), outer([1, 0, -1]))).toBeCloseTo(12, 12);
  });

  it('is the squared difference of means and of standard deviations where covariances are diagonal', () => {
    const coordinate = fc.record({ mean: fc.double({ min: -5, max: 5, noNaN: true }), std: fc.double({ min: 0, max: 5, noNaN: true }) });
    fc.assert(fc.property(fc.array(fc.tuple(coordinate, coordinate), { minLength: 1, maxLength: 8 }), (pairs) => {
      const side = (k: 0 | 1) => diagonal(pairs.map((p) => p[k].mean), pairs.map((p) => p[k].std ** 2));
      const exact = pairs.reduce((sum, [a, b]) => sum + (a.mean - b.mean) ** 2 + (a.std - b.std) ** 2, 0);
      // variances of up to 400 in total: a few hundred times 2^-52
      expect(Math.abs(frechetDistance(side(0), side(1)) - exact)).toBeLessThan(1e-12);
    }));
  });

  it('refuses features of different lengths', () => {
    expect(() => frechetDistance(diagonal([0], [1]), diagonal([0, 0], [1, 1]))).toThrow('Features of 1 and of 2');
  });
});

describe('frechetDistance between samples', () => {
  const sizes = { d: fc.integer({ min: 1, max: 8 }), n: fc.integer({ min: 2, max: 30 }), seed: fc.nat() };
  const pair = fc.record(sizes).map(({ d, n, seed }) => ({
    d, seed,
    a: gaussian(n, ones(d), { seed }),
    b: gaussian(n + 3, ones(d).map((_, i) => 1 + i), { seed: seed + 1, shift: 0.5 }),
  }));

  it('is zero between a sample and itself, even with fewer points than features', () => {
    for (const n of [5, 40, 2000]) {
      const x = statistics(gaussian(n, ones(32), { seed: n }));
      expect(frechetDistance(x, x)).toBeLessThan(1e-12);
    }
  });

  it('is symmetric and never below zero', () => {
    fc.assert(fc.property(pair, ({ a, b }) => {
      const [there, back] = [frechetDistance(statistics(a), statistics(b)), frechetDistance(statistics(b), statistics(a))];
      expect(there).toBeGreaterThanOrEqual(0);
      expect(Math.abs(there - back)).toBeLessThan(1e-12 * (1 + there));
    }));
  });

  it('does not change when both sides are rotated', () => {
    fc.assert(fc.property(pair, ({ a, b, d, seed }) => {
      const q = rotation(d, seed + 2);
      const [before, after] = [frechetDistance(statistics(a), statistics(b)), frechetDistance(statistics(mapped(a, q)), statistics(mapped(b, q)))];
      expect(Math.abs(after - before)).toBeLessThan(1e-11 * (1 + before));
    }));
  });

  it('grows with the square of the scale of the features', () => {
    fc.assert(fc.property(pair, fc.double({ min: 0.01, max: 100, noNaN: true }), ({ a, b }, c) => {
      const scaled = (x: typeof a) => statistics({ ...x, values: x.values.map((v) => c * v) });
      const expected = c * c * frechetDistance(statistics(a), statistics(b));
      expect(Math.abs(frechetDistance(scaled(a), scaled(b)) - expected)).toBeLessThan(1e-11 * c * c * (1 + expected));
    }));
  });

  it('equals |dm|^2 + tr C1 + tr C2 - 2 sum of singular values of X Y\' for two points a side', () => {
    // two points: C = uu'/2 with u = x1 - x2, so the root has trace |u.v| / 2
    const a = statistics({ values: new Float64Array([1, 2, 3, 3, 2, 1]), n: 2, d: 3 });
    const b = statistics({ values: new Float64Array([0, 1, 0, 4, 0, 1]), n: 2, d: 3 });
    const meanTerm = (2 - 2) ** 2 + (2 - 0.5) ** 2 + (2 - 0.5) ** 2;
    expect(frechetDistance(a, b)).toBeCloseTo(meanTerm + 8 / 2 + 18 / 2 - 2 * (Math.abs(-2 * -4 + 0 + 2 * -1) / 2), 12);
  });
});

describe('frechetDistance if one feature dwarfs the rest', () => {
  /** As drawn in oracles/frechet.py: integers, feature 0 the same in both sets, reversed, and `scale` times larger than the others. */
  function sets({ n, d, scale }: { n: number; d: number; scale: number }): [Features, Features] {
    const uniform = uniformStream(5);
    const draw = (size: number) => Float64Array.from({ length: n * d }, () => Math.floor(uniform() * size));
    const [a, b] = [draw(1000), draw(700)];
    for (let row = 0; row < n; row++) a[row * d]! *= scale;
    for (let row = 0; row < n; row++) b[row * d] = a[(n - 1 - row) * d]!;
    return [{ values: a, n, d }, { values: b, n, d }];
  }

  // from oracles/frechet.py, to 50 digits
  it.each([
    { n: 60, d: 8, scale: 1, exact: 265447.6455441063 },
    { n: 60, d: 8, scale: 1e3, exact: 268843.2592907697 },
    { n: 60, d: 8, scale: 1e4, exact: 268843.2650652467 },
    { n: 60, d: 8, scale: 1e5, exact: 268843.2651229915 },
    { n: 200, d: 70, scale: 1, exact: 2784701.181628892 },
    { n: 200, d: 70, scale: 1e3, exact: 2803569.048688815 },
    { n: 200, d: 70, scale: 1e4, exact: 2803569.080972993 },
    { n: 200, d: 70, scale: 1e5, exact: 2803569.081295835 },
  ])('agrees with arithmetic in 50 digits: $n points, $d features, one scaled by $scale', ({ exact, ...drawn }) => {
    const [a, b] = sets(drawn).map(statistics) as [Statistics, Statistics];
    // rounding is relative to the sum of all variances
    const rounding = 1e-14 * (2e5 * drawn.scale ** 2 + exact);
    expect(Math.abs(frechetDistance(a, b) - exact)).toBeLessThan(rounding);
    expect(Math.abs(frechetDistance(b, a) - exact)).toBeLessThan(rounding);
  });

  it('is the closed form at any scale of either side of a diagonal', () => {
    for (const scale of [1e-6, 1, 1e4, 1e6]) {
      const exact = 15 * (2 - 1) ** 2 + scale ** 2 * 0.25;
      const found = frechetDistance(diagonal(ones(16).fill(0), [scale ** 2, ...ones(15).fill(4)]), diagonal(ones(16).fill(0), [(1.5 * scale) ** 2, ...ones(15)]));
      expect(Math.abs(found - exact)).toBeLessThan(1e-13 * (100 + 4 * scale ** 2));
    }
  });

  it('is refused if rounding would dominate the result, and if a number is not finite', () => {
    const [a, b] = sets({ n: 60, d: 8, scale: 1e9 }).map(statistics) as [Statistics, Statistics];
    expect(() => frechetDistance(a, b)).toThrow('some features are too large for the rest to count');
    expect(() => frechetDistance(diagonal([1e200, 0], [1, 1]), diagonal([0, 0], [1, 1]))).toThrow('too large to be squared');
    expect(() => frechetDistance(diagonal([0, NaN], [1, 1]), diagonal([0, 0], [1, 1]))).toThrow(RangeError);
    expect(() => frechetDistance(diagonal([0, 0], [1, Infinity]), diagonal([0, 0], [1, 1]))).toThrow(RangeError);
  });
});

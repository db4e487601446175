import fc from 'fast-check';
import { frechetDistance } from './fid.js';
import { gaussian, mapped, rotation } from './gaussian.fixture.js';
import { statistics, type Statistics } from './statistics.js';

const law = (mean: number[], covariance: number[]): Statistics => ({ n: 1000, d: mean.length, mean: Float64Array.from(mean), covariance: Float64Array.from(covariance) });
const diagonal = (mean: number[], variances: number[]) => law(mean, variances.flatMap((v, i) => variances.map((_, j) => (i === j ? v : 0))));
const outer = (u: number[]) => law(u.map(() => 0), u.flatMap((x) => u.map((y) => x * y)));
const ones = (d: number) => new Array<number>(d).fill(1);

describe('frechetDistance between known Gaussians', () => {
  it('is 8 between N(0, I) and N(1, 4I) in four dimensions', () => {
    expect(frechetDistance(diagonal([0, 0, 0, 0], ones(4)), diagonal(ones(4), [4, 4, 4, 4]))).toBeCloseTo(8, 12);
  });

  it('is 13 - 2 sqrt(14) where the covariances do not commute', () => {
    expect(frechetDistance(law([1, -2], [2, 1, 1, 2]), diagonal([0, 0], [1, 3]))).toBeCloseTo(5.516685226452, 12);
  });

  it('is 12 between uu\' and vv\' of rank one, whose root has trace |u.v| = 2', () => {
    expect(frechetDistance(outer([1, 2, 3]), outer([1, 0, -1]))).toBeCloseTo(12, 12);
  });

  it('is the squared difference of means and of standard deviations where covariances are diagonal', () => {
    const coordinate = fc.record({ mean: fc.double({ min: -5, max: 5, noNaN: true }), std: fc.double({ min: 0, max: 5, noNaN: true }) });
    fc.assert(fc.property(fc.array(fc.tuple(coordinate, coordinate), { minLength: 1, maxLength: 8 }), (pairs) => {
      const side = (k: 0 | 1) => diagonal(pairs.map((p) => p[k].mean), pairs.map((p) => p[k].std ** 2));
      const exact = pairs.reduce((sum, [a, b]) => sum + (a.mean - b.mean) ** 2 + (a.std - b.std) ** 2, 0);
      // the root of an eigenvalue known to 2^-52 of the largest is known to 2^-26
      expect(Math.abs(frechetDistance(side(0), side(1)) - exact)).toBeLessThan(1e-5);
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

  it('is zero from a sample to itself, also with fewer points than features', () => {
    for (const n of [5, 40, 2000]) {
      const x = statistics(gaussian(n, ones(32), { seed: n }));
      expect(Math.abs(frechetDistance(x, x))).toBeLessThan(1e-6);
    }
  });

  it('is symmetric and never below zero', () => {
    fc.assert(fc.property(pair, ({ a, b }) => {
      const [there, back] = [frechetDistance(statistics(a), statistics(b)), frechetDistance(statistics(b), statistics(a))];
      expect(there).toBeGreaterThan(-1e-6);
      expect(Math.abs(there - back)).toBeLessThan(1e-6 * (1 + there));
    }));
  });

  it('does not change when both sides are rotated', () => {
    fc.assert(fc.property(pair, ({ a, b, d, seed }) => {
      const q = rotation(d, seed + 2);
      const [before, after] = [frechetDistance(statistics(a), statistics(b)), frechetDistance(statistics(mapped(a, q)), statistics(mapped(b, q)))];
      expect(Math.abs(after - before)).toBeLessThan(1e-6 * (1 + before));
    }));
  });

  it('grows with the square of the scale of the features', () => {
    fc.assert(fc.property(pair, fc.double({ min: 0.01, max: 100, noNaN: true }), ({ a, b }, c) => {
      const scaled = (x: typeof a) => statistics({ ...x, values: x.values.map((v) => c * v) });
      const expected = c * c * frechetDistance(statistics(a), statistics(b));
      expect(Math.abs(frechetDistance(scaled(a), scaled(b)) - expected)).toBeLessThan(1e-6 * c * c * (1 + expected));
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

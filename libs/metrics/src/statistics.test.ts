import fc from 'fast-check';
import { covarianceOf } from './gaussian.fixture.js';
import { gaussian } from './simulated-features.js';
import { rows, type Features } from './features.js';
import { statistics } from './statistics.js';

/** The definition: products of centred columns over n-1. */
function directCovariance({ values, n, d }: Features): Float64Array {
  const column = (j: number) => Array.from({ length: n }, (_, i) => values[i * d + j]!);
  const centred = Array.from({ length: d }, (_, j) => column(j).map((x, _i, all) => x - all.reduce((sum, y) => sum + y, 0) / n));
  return Float64Array.from({ length: d * d }, (_, at) => centred[Math.floor(at / d)]!.reduce((sum, x, i) => sum + x * centred[at % d]![i]!, 0) / (n - 1));
}

describe('statistics', () => {
  it('gives mean and unbiased covariance of a sample computed by hand', () => {
    const found = statistics({ values: new Float32Array([1, 2, 3, 6, 5, 1]), n: 3, d: 2 });
    expect(Array.from(found.mean)).toEqual([3, 3]);
    covarianceOf(found).forEach((entry, i) => expect(entry).toBeCloseTo([4, -1, -1, 7][i]!, 14));
  });

  it('keeps full precision far from the origin, where sums of squares would cancel', () => {
    const { factor } = statistics({ values: new Float64Array([1e8, 1e8 + 1, 1e8 + 2]), n: 3, d: 1 });
    expect(Math.abs(factor[0]!)).toBeCloseTo(1, 15);
  });

  it('refuses a single point', () => {
    expect(() => statistics({ values: new Float64Array(3), n: 1, d: 3 })).toThrow(RangeError);
  });

  it('does not depend on the order of the points beyond rounding', () => {
    fc.assert(fc.property(fc.integer({ min: 2, max: 20 }), fc.integer({ min: 1, max: 5 }), fc.nat(), (n, d, seed) => {
      const x = gaussian(n, new Array<number>(d).fill(1), { seed });
      const reversed = Float64Array.from({ length: n * d }, (_, i) => x.values[(n - 1 - Math.floor(i / d)) * d + (i % d)]!);
      const [there, back] = [covarianceOf(statistics(x)), covarianceOf(statistics({ values: reversed, n, d }))];
      there.forEach((value, i) => expect(back[i]).toBeCloseTo(value, 12));
    }), { numRuns: 50 });
  });

  it.each([[5, 9], [9, 9], [10, 9], [64, 9], [65, 9], [200, 9], [130, 70]])('of %i points in %i features factor the covariance of its definition', (n, d) => {
    const x = gaussian(n, Array.from({ length: d }, (_, i) => 1 + i), { seed: n, shift: 3 });
    const expected = directCovariance(x);
    const found = statistics(x);
    expect(found.factor).toHaveLength(Math.min(n, d) * d);
    // each entry to within rounding of its two variances
    covarianceOf(found).forEach((value, at) => expect(Math.abs(value - expected[at]!)).toBeLessThan(1e-14 * Math.sqrt(expected[Math.floor(at / d) * (d + 1)]! * expected[(at % d) * (d + 1)]!) + 1e-300));
  });

  it('keep the precision of each feature, even beside one 1e12 times larger', () => {
    const x = gaussian(300, [1e24, 1, 1e-24], { seed: 4 });
    const { factor } = statistics(x);
    const variances = directCovariance(x);
    [0, 1, 2].forEach((j) => expect(factor[j]! ** 2 + factor[3 + j]! ** 2 + factor[6 + j]! ** 2).toBeCloseTo(variances[4 * j]!, -Math.floor(Math.log10(variances[4 * j]!)) + 13));
  });

  it.each([['equal', 1], ['constant', 0], ['opposite', -1]])('stay finite if features are %s, point after point', (_, multiple) => {
    const base = gaussian(1500, [1], { seed: 9 });
    const d = 300;
    const x = { n: 1500, d, values: Float64Array.from({ length: 1500 * d }, (_x, at) => (at % d === 0 ? 1 : multiple) * base.values[Math.floor(at / d)]!) };
    const { factor } = statistics(x);
    expect(factor.every(Number.isFinite)).toBe(true);
    expect(factor.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo((multiple === 0 ? 1 : d) * statistics(base).factor[0]! ** 2, 9);
  });

  it('takes rows as a view', () => {
    const part = rows({ values: new Float64Array([1, 2, 3, 4, 5, 6]), n: 3, d: 2 }, 1, 3);
    expect(part).toEqual({ values: new Float64Array([3, 4, 5, 6]), n: 2, d: 2 });
  });
});

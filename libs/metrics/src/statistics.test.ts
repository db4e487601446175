import fc from 'fast-check';
import { gaussian } from './gaussian.fixture.js';
import { rows, statistics } from './statistics.js';

describe('statistics', () => {
  it('gives mean and unbiased covariance of a sample computed by hand', () => {
    const { mean, covariance } = statistics({ values: new Float32Array([1, 2, 3, 6, 5, 1]), n: 3, d: 2 });
    expect(Array.from(mean)).toEqual([3, 3]);
    expect(Array.from(covariance)).toEqual([4, -1, -1, 7]);
  });

  it('keeps full precision far from the origin, where sums of squares would cancel', () => {
    const { covariance } = statistics({ values: new Float64Array([1e8, 1e8 + 1, 1e8 + 2]), n: 3, d: 1 });
    expect(covariance[0]).toBe(1);
  });

  it('refuses a single point', () => {
    expect(() => statistics({ values: new Float64Array(3), n: 1, d: 3 })).toThrow(RangeError);
  });

  it('does not depend on the order of the points beyond rounding', () => {
    fc.assert(fc.property(fc.integer({ min: 2, max: 20 }), fc.integer({ min: 1, max: 5 }), fc.nat(), (n, d, seed) => {
      const x = gaussian(n, new Array<number>(d).fill(1), { seed });
      const reversed = Float64Array.from({ length: n * d }, (_, i) => x.values[(n - 1 - Math.floor(i / d)) * d + (i % d)]!);
      const [there, back] = [statistics(x), statistics({ values: reversed, n, d })];
      there.covariance.forEach((value, i) => expect(back.covariance[i]).toBeCloseTo(value, 12));
    }), { numRuns: 50 });
  });

  it('takes rows as a view', () => {
    const part = rows({ values: new Float64Array([1, 2, 3, 4, 5, 6]), n: 3, d: 2 }, 1, 3);
    expect(part).toEqual({ values: new Float64Array([3, 4, 5, 6]), n: 2, d: 2 });
  });
});

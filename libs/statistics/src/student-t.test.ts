import { normalCdf } from './normal-cdf.js';
import { tCdf, tQuantile, twoSidedP } from './student-t.js';
import { regularisedBeta } from './incomplete-beta.js';

const probabilities = [0.001, 0.01, 0.025, 0.3, 0.5, 0.8, 0.975, 0.9999];

test.each(probabilities)('with 1 and 2 degrees of freedom the quantile of %p is the closed form', (p) => {
  const [cauchy, two] = [Math.tan(Math.PI * (p - 0.5)), (2 * p - 1) / Math.sqrt(2 * p * (1 - p))];
  expect(Math.abs(tQuantile(p, 1) - cauchy)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(cauchy)));
  expect(Math.abs(tQuantile(p, 2) - two)).toBeLessThanOrEqual(1e-10 * Math.max(1, Math.abs(two)));
});

// scipy 1.17.1: stats.t.ppf
test.each([[0.975, 2.5, 3.5746548420036817], [0.975, 10, 2.228138851986274], [0.995, 3, 5.840909309733355], [0.9, 30, 1.3104150253913955], [0.6, 7.3, 0.2627568052507191], [1 - 1e-6, 5, 24.771029720372493]])('the quantile of %p with %p degrees of freedom is that of scipy', (p, df, quantile) => {
  expect(tQuantile(p, df)).toBeCloseTo(quantile, 8);
});

// scipy 1.17.1: stats.t.cdf
test.each([[1.5, 3.7, 0.8932009153989933], [-2, 12, 0.03432750701904298], [0.3, 1.2, 0.5961135943414768]])('P(T <= %p) with %p degrees of freedom is that of scipy', (x, df, p) => {
  expect(tCdf(x, df)).toBeCloseTo(p, 12);
  expect(twoSidedP(x, df)).toBeCloseTo(2 * Math.min(p, 1 - p), 12);
});

test('quantile and distribution are inverse to each other and symmetric', () => {
  for (const df of [1, 1.7, 4, 25, 300]) {
    for (const p of probabilities) {
      expect(tCdf(tQuantile(p, df), df)).toBeCloseTo(p, 12);
      expect(tQuantile(1 - p, df) + tQuantile(p, df)).toBeCloseTo(0, 8);
    }
  }
});

test('with many degrees of freedom it is the normal distribution', () => {
  for (const x of [-3.3, -0.4, 0, 1.1, 2.6]) expect(tCdf(x, 1e7)).toBeCloseTo(normalCdf(x), 6);
  // scipy 1.17.1: stats.norm.cdf
  expect(normalCdf(-3.3)).toBeCloseTo(0.00048342414238377744, 14);
  expect(normalCdf(1.1)).toBeCloseTo(0.8643339390536173, 14);
  expect([normalCdf(-40), normalCdf(40)]).toEqual([0, 1]);
});

test('a quantile of what is no probability is refused', () => {
  for (const p of [0, 1, -1, NaN]) expect(() => tQuantile(p, 3)).toThrow('expected a number between 0 and 1');
});

test('the incomplete beta function has its closed forms', () => {
  for (const x of [0, 0.001, 0.2, 0.5, 0.77, 1]) {
    expect(regularisedBeta(x, 1, 4)).toBeCloseTo(1 - (1 - x) ** 4, 13);
    expect(regularisedBeta(x, 3.5, 1)).toBeCloseTo(x ** 3.5, 13);
    expect(regularisedBeta(x, 0.5, 0.5)).toBeCloseTo((2 / Math.PI) * Math.asin(Math.sqrt(x)), 13);
  }
});

import { fTail, noncentralFCdf, noncentralityInterval } from './f-distribution.js';
import { tPower } from './power.js';
import { normal, seededRandom } from './random.js';
import { tQuantile, twoSidedP } from './student-t.js';

const values = [0.01, 0.3, 1, 2.7, 15, 400];

test.each(values)('the tail of F beyond %p has its closed forms: with one degree of freedom that of t squared, with two a power', (x) => {
  for (const df of [1, 2.5, 7, 60]) {
    expect(fTail(x, 1, df)).toBeCloseTo(twoSidedP(Math.sqrt(x), df), 12);
    expect(fTail(x, 2, df)).toBeCloseTo((1 + (2 * x) / df) ** (-df / 2), 12);
    expect(fTail(1 / x, df, 4)).toBeCloseTo(1 - fTail(x, 4, df), 12);
  }
});

test('without noncentrality the noncentral F is the central one', () => {
  for (const x of values) expect(noncentralFCdf(x, { df1: 3, df2: 8, lambda: 0 })).toBeCloseTo(1 - fTail(x, 3, 8), 12);
  expect(noncentralFCdf(-1, { df1: 3, df2: 8, lambda: 2 })).toBe(0);
});

test.each([[0.5, 2], [2, 4], [3, 10], [6, 3], [12, 20]])('with one degree of freedom and a shift of %p it is the noncentral t with %p', (shift, df) => {
  for (const alpha of [0.05, 0.2, 0.5]) {
    expect(1 - noncentralFCdf(tQuantile(1 - alpha / 2, df) ** 2, { df1: 1, df2: df, lambda: shift ** 2 })).toBeCloseTo(tPower(shift, df, alpha), 6);
  }
});

// scipy 1.17.1: stats.ncf.cdf
test.each([[2.5, 3, 10, 4, 0.569909841334541], [0.7, 2, 4, 1.5, 0.2803617538308504], [30, 1, 2, 50, 0.20295535290290917], [4, 5, 6, 20, 0.3404860869705093]])('P(F <= %p) with %p and %p degrees of freedom and noncentrality %p is that of scipy', (...row) => {
  const [x, df1, df2, lambda, p] = row;
  expect(noncentralFCdf(x, { df1, df2, lambda })).toBeCloseTo(p, 10);
});

test('it is the distribution of a ratio of mean squares', () => {
  const random = seededRandom(8);
  const [df1, df2, lambda, x, runs] = [3, 6, 5, 2.5, 20_000];
  let below = 0;
  for (let run = 0; run < runs; run++) {
    const above = (Math.sqrt(lambda) + normal(random)) ** 2 + normal(random) ** 2 + normal(random) ** 2;
    let under = 0;
    for (let i = 0; i < df2; i++) under += normal(random) ** 2;
    if (above / df1 / (under / df2) <= x) below++;
  }
  // a standard error of 0.0035
  expect(Math.abs(below / runs - noncentralFCdf(x, { df1, df2, lambda }))).toBeLessThan(0.013);
});

test('the interval of the noncentrality has the observed F at its two tails', () => {
  const { low, high } = noncentralityInterval(9, 2, 12);
  expect(noncentralFCdf(9, { df1: 2, df2: 12, lambda: low })).toBeCloseTo(0.975, 6);
  expect(noncentralFCdf(9, { df1: 2, df2: 12, lambda: high })).toBeCloseTo(0.025, 6);
  expect(noncentralityInterval(0.9, 2, 12).low).toBe(0);
  expect(noncentralityInterval(0.001, 2, 12)).toEqual({ low: 0, high: 0 });
});

test.each([1e5, 1e6, 1e12])('the interval contains the noncentrality that F = %p estimates, also where that is too large to compute', (x) => {
  for (const [df1, df2] of [[1, 2], [3, 60]] as const) {
    const { low, high } = noncentralityInterval(x, df1, df2);
    expect(low).toBeLessThan(df1 * (x - 1));
    expect(high).toBe(Infinity);
  }
});

test('large noncentralities do not lose their digits', () => {
  // the mean of F is df2 (df1 + lambda) / (df1 (df2 - 2)); its distribution is nearly symmetric around it for many degrees of freedom
  expect(Math.abs(noncentralFCdf((4000 * 20_004) / (4 * 3998), { df1: 4, df2: 4000, lambda: 20_000 }) - 0.5)).toBeLessThan(0.03);
});

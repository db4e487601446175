import { lnGamma, regularisedBeta } from './incomplete-beta.js';
import type { Interval } from './over-seeds.js';

/** P(F >= x) of Fisher's F with df1 and df2 > 0 degrees of freedom: the p of an F test. */
export const fTail = (x: number, df1: number, df2: number): number => (x <= 0 ? 1 : regularisedBeta(df2 / (df2 + df1 * x), df2 / 2, df1 / 2));

/**
 * P(F <= x) of the noncentral F with noncentrality lambda >= 0: beta functions, weighted as a Poisson number of mean lambda/2 is distributed. Each follows from
 * the next by adding a positive term, so that only the last is computed by itself.
 */
export function noncentralFCdf(x: number, { df1, df2, lambda }: { df1: number; df2: number; lambda: number }): number {
  if (x <= 0) return 0;
  if (lambda === 0) return 1 - fTail(x, df1, df2);
  const [half, at, b] = [lambda / 2, (df1 * x) / (df2 + df1 * x), df2 / 2];
  // ten standard deviations of a Poisson number, and some for small ones
  const reach = Math.ceil(10 * Math.sqrt(half)) + 30;
  const [first, last] = [Math.max(0, Math.floor(half) - reach), Math.floor(half) + reach];
  let a = df1 / 2 + last;
  let beta = regularisedBeta(at, a, b);
  let lnWeight = last * Math.log(half) - half - lnGamma(last + 1);
  let lnStep = a * Math.log(at) + b * Math.log1p(-at) + lnGamma(a + b) - lnGamma(a + 1) - lnGamma(b);
  let sum = 0;
  for (let j = last; j >= first; j--) {
    sum += Math.exp(lnWeight) * beta;
    lnWeight += Math.log(j / half);
    lnStep += Math.log(a / (at * (a + b - 1)));
    a -= 1;
    beta += Math.exp(lnStep);
  }
  return Math.min(1, sum);
}

/** Noncentralities above this are not computed: the sum above has as many terms as twenty of its square roots. */
const largest = 2 ** 17;

/** The noncentrality under which x would have this probability or less: where noncentralFCdf falls to it; 0 if it is below even without any, Infinity if it is above `largest`. */
function noncentralityAt(probability: number, x: number, [df1, df2]: readonly [number, number]): number {
  const above = (lambda: number): boolean => noncentralFCdf(x, { df1, df2, lambda }) > probability;
  if (!above(0)) return 0;
  let high = 1;
  while (above(high)) {
    if (high >= largest) return Infinity;
    high *= 2;
  }
  let low = high / 2;
  for (let step = 0; step < 40 && high - low > 1e-7 * high; step++) {
    const middle = (low + high) / 2;
    if (above(middle)) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * The interval of the noncentrality behind an F statistic, by inverting its two tails (Steiger 2004): contains the true one with the given confidence, or with a greater
 * one where an end is above 2^17, in whose place stand 2^17 as the low end and Infinity as the high one.
 */
export const noncentralityInterval = (x: number, df1: number, df2: number, confidence = 0.95): Interval =>
  ({ low: Math.min(largest, noncentralityAt((1 + confidence) / 2, x, [df1, df2])), high: noncentralityAt((1 - confidence) / 2, x, [df1, df2]) });

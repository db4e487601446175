import { regularisedBeta } from './incomplete-beta.js';

/** P(T <= x) of Student's t with `df` > 0 degrees of freedom, which need not be whole. */
export function tCdf(x: number, df: number): number {
  const tail = 0.5 * regularisedBeta(df / (df + x * x), df / 2, 0.5);
  return x > 0 ? 1 - tail : tail;
}

/** P(|T| >= |x|): the two-sided p of a t statistic. */
export const twoSidedP = (x: number, df: number): number => regularisedBeta(df / (df + x * x), df / 2, 0.5);

/** The x with P(T <= x) = p, for p in (0, 1): bisection in the angle atan(x), which is finite, to the last bits of float64. */
export function tQuantile(p: number, df: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`tQuantile: p is ${p}; expected a number between 0 and 1`);
  if (p < 0.5) return -tQuantile(1 - p, df);
  let [low, high] = [0, Math.PI / 2];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (0.5 * twoSidedP(Math.tan(middle), df) > 1 - p) low = middle;
    else high = middle;
  }
  return Math.tan((low + high) / 2);
}

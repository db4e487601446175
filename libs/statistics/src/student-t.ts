import { lnGamma, regularisedBeta } from './incomplete-beta.js';

/** P(T <= x) of Student's t with `df` > 0 degrees of freedom, which need not be whole. */
export function tCdf(x: number, df: number): number {
  const tail = 0.5 * regularisedBeta(df / (df + x * x), df / 2, 0.5);
  return x > 0 ? 1 - tail : tail;
}

/** P(|T| >= |x|): the two-sided p of a t statistic. */
export const twoSidedP = (x: number, df: number): number => regularisedBeta(df / (df + x * x), df / 2, 0.5);

/** The x with P(T <= x) = p, for p in (0, 1): Newton's steps in the angle atan(x), which is finite, kept within halving bounds. */
export function tQuantile(p: number, df: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`tQuantile: p is ${p}; expected a number between 0 and 1`);
  if (p < 0.5) return -tQuantile(1 - p, df);
  const scale = Math.exp(lnGamma((df + 1) / 2) - lnGamma(df / 2)) / Math.sqrt(df * Math.PI);
  let [low, high] = [0, Math.PI / 2];
  let angle = Math.PI / 4;
  for (let step = 0; step < 100; step++) {
    const x = Math.tan(angle);
    const excess = 0.5 * twoSidedP(x, df) - (1 - p);
    if (excess > 0) low = angle;
    else high = angle;
    // the density of the angle: that of t times dx/d(angle)
    const next = angle + excess / (scale * (1 + (x * x) / df) ** (-(df + 1) / 2) * (1 + x * x));
    const before = angle;
    angle = next > low && next < high ? next : (low + high) / 2;
    if (Math.abs(angle - before) < 1e-16 || low === high) break;
  }
  return Math.tan(angle);
}

import { singularValues } from './singular-values.js';
import type { Statistics } from './statistics.js';

/** Eigenvalues of the covariance, largest first; those that must be zero because there are too few points are omitted. */
export function covarianceEigenvalues({ factor, d }: Statistics): Float64Array {
  return singularValues(factor.slice(), factor.length / d, d).map((x) => x * x);
}

/**
 * What n points of a Gaussian with covariance C1, of trace `trace`, are expected to add to the FID of that Gaussian to one with covariance C2 (second-order
 * expansion in 1/n): trace/n + [sum_ij s_i s_j/(s_i+s_j) + sum_i s_i/2] / (2(n-1)), where `roots` are the s_i, the eigenvalues of (C1 C2)^(1/2).
 * Where the means are does not matter.
 */
export function fidBias({ trace, roots }: { trace: number; roots: ArrayLike<number> }, n: number): number {
  const above = Array.from(roots).filter((x) => x > 0);
  const sum = above.reduce((total, x) => total + x, 0);
  let pairs = 0;
  for (const x of above) for (const y of above) pairs += (x * y) / (x + y);
  return n === Infinity ? 0 : trace / n + (pairs + sum / 2) / (2 * (n - 1));
}

/**
 * Expected FID between n points and the very Gaussian they come from, given the eigenvalues of that Gaussian's covariance.
 * A reference itself estimated from m points adds the same with m. For unit covariance: d/n + d(d+1)/(4(n-1)).
 */
export function expectedFidBias(eigenvalues: ArrayLike<number>, n: number, m = Infinity): number {
  const own = { trace: Array.from(eigenvalues).filter((x) => x > 0).reduce((sum, x) => sum + x, 0), roots: eigenvalues };
  return fidBias(own, n) + fidBias(own, m);
}

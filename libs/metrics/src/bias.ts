import { singularValues } from './singular-values.js';
import type { Statistics } from './statistics.js';

/** Eigenvalues of the covariance, largest first; those that must be zero because there are too few points are omitted. */
export function covarianceEigenvalues({ factor, d }: Statistics): Float64Array {
  return singularValues(factor.slice(), factor.length / d, d).map((x) => x * x);
}

/**
 * Expected FID between n points and the very Gaussian they come from, given the eigenvalues of that Gaussian's covariance
 * (second-order expansion in 1/n): sum(l)/n + [sum_ij l_i l_j/(l_i+l_j) + sum_i l_i/2] / (2(n-1)).
 * A reference itself estimated from m points adds the same with m. For unit covariance: d/n + d(d+1)/(4(n-1)).
 */
export function expectedFidBias(eigenvalues: ArrayLike<number>, n: number, m = Infinity): number {
  const lambda = Array.from(eigenvalues).filter((x) => x > 0);
  const trace = lambda.reduce((sum, x) => sum + x, 0);
  let pairs = 0;
  for (const x of lambda) for (const y of lambda) pairs += (x * y) / (x + y);
  const ofSize = (points: number) => (points === Infinity ? 0 : trace / points + (pairs + trace / 2) / (2 * (points - 1)));
  return ofSize(n) + ofSize(m);
}

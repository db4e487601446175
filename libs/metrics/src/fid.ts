import { expectedFidBias } from './bias.js';
import type { MetricInput, MetricResult } from './metric.js';
import { timesTransposed } from './product.js';
import { singularValues } from './singular-values.js';
import { statistics, type Statistics } from './statistics.js';

/** Required accuracy of FID: relative, or absolute below 1. */
const tolerance = 1e-3;

/** FID to the reference. Details: n and d of both sides, and the expected FID of n points of a Gaussian with the reference's covariance. */
export function fid({ features, reference }: MetricInput): MetricResult {
  const { n, d } = features;
  const referenceN = reference.statistics.n;
  return { value: frechetDistance(statistics(features), reference.statistics), details: { n, d, referenceN, expectedBias: expectedFidBias(reference.eigenvalues, n, referenceN) } };
}

/**
 * FID = |m1-m2|^2 + tr(C1) + tr(C2) - 2 tr((C1 C2)^(1/2)), in the square of the features' unit.
 * With C1 = A'A and C2 = B'B, the trace of (C1 C2)^(1/2) is the sum of the singular values of A B': no covariance is formed and no root
 * of an eigenvalue taken, so rounding stays at 2^-52 of tr(C1) + tr(C2), even if one feature dwarfs the rest or there are fewer points than features.
 * Never negative. Throws RangeError if the two have different feature counts, if a number is not finite, or if that rounding is
 * more than a thousandth of both the result and 1.
 */
export function frechetDistance(a: Statistics, b: Statistics): number {
  if (a.d !== b.d) throw new RangeError(`Features of ${a.d} and of ${b.d} numbers cannot be compared`);
  let step = 0;
  for (let i = 0; i < a.d; i++) step += (a.mean[i]! - b.mean[i]!) ** 2;
  const traces = squareNorm(a.factor) + squareNorm(b.factor);
  const distance = Math.max(0, step + traces - 2 * traceOfRoot(a, b));
  if (!Number.isFinite(distance)) throw new RangeError(`FID of features with variances of ${traces.toPrecision(3)} in all, and means that differ by ${Math.sqrt(step).toPrecision(3)}, is no finite number: some features are too large to be squared`);
  const rounding = 4 * Math.sqrt(a.d) * Number.EPSILON * traces;
  if (!(rounding <= tolerance * Math.max(1, distance))) throw new RangeError(`FID of features with variances of ${traces.toPrecision(3)} in all comes to ${distance.toPrecision(6)}, known only to ${rounding.toPrecision(2)}: some features are too large for the rest to count`);
  return distance;
}

/** tr(C) of a covariance F'F, the sum of the variances. */
export const squareNorm = (factor: Float64Array): number => factor.reduce((sum, x) => sum + x * x, 0);

const traceOfRoot = (a: Statistics, b: Statistics): number => rootsOf(a, b).reduce((sum, x) => sum + x, 0);

/** The eigenvalues of (C1 C2)^(1/2), largest first: the singular values of A B'. */
export function rootsOf(a: Statistics, b: Statistics): Float64Array {
  return singularValues(timesTransposed(a.factor, b.factor, a.d), a.factor.length / a.d, b.factor.length / b.d);
}

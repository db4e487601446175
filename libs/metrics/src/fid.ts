import { symmetricEigen } from './eigen.js';
import type { Statistics } from './statistics.js';

/**
 * FID = |m1-m2|^2 + tr(C1) + tr(C2) - 2 tr((C1 C2)^(1/2)), in the square of the features' unit.
 * tr((C1 C2)^(1/2)) is the sum of the roots of the eigenvalues of A C2 A with A = C1^(1/2):
 * every matrix on the way is symmetric, so that fewer points than features do no harm.
 * Throws RangeError where the two have different feature counts.
 */
export function frechetDistance(a: Statistics, b: Statistics): number {
  if (a.d !== b.d) throw new RangeError(`Features of ${a.d} and of ${b.d} numbers cannot be compared`);
  let distance = 0;
  for (let i = 0; i < a.d; i++) {
    const step = a.mean[i]! - b.mean[i]!;
    distance += step * step + a.covariance[i * a.d + i]! + b.covariance[i * a.d + i]!;
  }
  return distance - 2 * traceOfRoot(a.covariance, b.covariance, a.d);
}

/**
 * tr((C1 C2)^(1/2)). With C1 = V' L V, A C2 A and (L^(1/2) V) C2 (L^(1/2) V)' share their eigenvalues;
 * the second form lets the directions that C1 lacks drop out, exactly.
 */
function traceOfRoot(c1: Float64Array, c2: Float64Array, d: number): number {
  const { values, vectors } = symmetricEigen(c1, d);
  const floor = Number.EPSILON * d * Math.max(0, values[d - 1]!);
  const kept = Array.from(values.keys()).filter((k) => values[k]! > floor);
  const half = new Float64Array(kept.length * d);
  kept.forEach((k, row) => {
    for (let j = 0; j < d; j++) half[row * d + j] = Math.sqrt(values[k]!) * vectors[k * d + j]!;
  });
  const inner = congruence(half, c2, d);
  let trace = 0;
  for (const value of symmetricEigen(inner, kept.length).values) trace += Math.sqrt(Math.max(0, value));
  return trace;
}

/** B C B' for B [r,d] and symmetric C [d,d]. */
function congruence(b: Float64Array, c: Float64Array, d: number): Float64Array {
  const r = b.length / d;
  const product = new Float64Array(r * r);
  for (let i = 0; i < r; i++) {
    const bc = new Float64Array(d);
    for (let k = 0; k < d; k++) {
      const x = b[i * d + k]!;
      for (let j = 0; j < d; j++) bc[j]! += x * c[k * d + j]!;
    }
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < d; k++) sum += bc[k]! * b[j * d + k]!;
      product[i * r + j] = product[j * r + i] = sum;
    }
  }
  return product;
}

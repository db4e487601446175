import type { Features } from './features.js';
import type { MetricInput, MetricResult } from './metric.js';
import { triangularFactor } from './qr.js';
import { singularValues } from './singular-values.js';

/** Vendi score of the generated points alone: the real ones do not enter. */
export function vendi({ features }: MetricInput): MetricResult {
  const { n, d } = features;
  return { value: effectiveNumber(spectrum(features)), details: { n, d, most: Math.min(n, d) } };
}

/** exp of the entropy of numbers that sum to 1: how many there are, if all were equal. */
const effectiveNumber = (shares: Float64Array): number => Math.exp(-shares.reduce((sum, share) => sum + (share > 0 ? share * Math.log(share) : 0), 0));

/**
 * The eigenvalues of K/n, K_ij the cosine of points i and j (Friedman and Dieng 2023, def. 3.1): with rows X of unit length those of X X'/n,
 * which are the squared singular values of X/sqrt(n), or of its triangular factor. They sum to 1. Points of length 0 have no cosine: they count as alike,
 * and as unlike any other. Throws RangeError for a point too long to be squared.
 */
function spectrum(features: Features): Float64Array {
  const { n, d } = features;
  const { values: unit, empty } = ofUnitLength(features);
  const values = n > d ? singularValues(triangularFactor({ values: unit, n, d }, new Float64Array(d)), d, d) : singularValues(unit, n, d);
  return Float64Array.of(...values.map((value) => value ** 2 / n), empty / n);
}

/** Points divided by their lengths, [n,d], and how many have none. */
function ofUnitLength({ values, n, d }: Features): { values: Float64Array; empty: number } {
  const unit = Float64Array.from(values);
  let empty = 0;
  for (let i = 0; i < n; i++) {
    const row = unit.subarray(i * d, i * d + d);
    const norm = Math.sqrt(row.reduce((sum, x) => sum + x * x, 0));
    if (!Number.isFinite(norm)) throw new RangeError(`the features of image ${i} are too large to be squared`);
    if (norm === 0) empty += 1;
    else row.forEach((x, j) => (row[j] = x / norm));
  }
  return { values: unit, empty };
}

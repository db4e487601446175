import type { Features } from './features.js';
import { triangularFactor } from './qr.js';

/** The Gaussian that summarises a set of features. */
export interface Statistics {
  /** Points it was estimated from. */
  readonly n: number;
  readonly d: number;
  /** [d]. */
  readonly mean: Float64Array;
  /**
   * F, [r,d] row-major with r = min(n,d): F'F is the covariance (divided by n-1). A covariance's entries are squares, and rounding them
   * wipes out a small feature next to a large one; F keeps each feature to 2^-52 of its own standard deviation.
   */
  readonly factor: Float64Array;
}

/** Mean and a factor of the unbiased covariance, in float64. Throws RangeError for fewer than two points. */
export function statistics(features: Features): Statistics {
  const { n, d } = features;
  if (n < 2) throw new RangeError(`A covariance needs at least 2 points, got ${n}`);
  const mean = meanOf(features);
  const factor = n > d ? triangularFactor(features, mean) : centred(features, mean);
  const scale = 1 / Math.sqrt(n - 1);
  return { n, d, mean, factor: factor.map((x) => scale * x) };
}

function meanOf({ values, n, d }: Features): Float64Array {
  const mean = new Float64Array(d);
  for (let row = 0; row < n; row++) {
    for (let j = 0; j < d; j++) mean[j]! += values[row * d + j]!;
  }
  return mean.map((sum) => sum / n);
}

const centred = ({ values, d }: Features, mean: Float64Array): Float64Array => Float64Array.from(values, (x, i) => x - mean[i % d]!);

/** n points of d features each, row by row. */
export interface Features {
  /** [n,d], row-major. */
  readonly values: Float32Array | Float64Array;
  readonly n: number;
  readonly d: number;
}

/** The Gaussian a set of features is summed up by. */
export interface Statistics {
  /** Points it was estimated from. */
  readonly n: number;
  readonly d: number;
  /** [d]. */
  readonly mean: Float64Array;
  /** [d,d], symmetric, divided by n-1. */
  readonly covariance: Float64Array;
}

/** Mean and unbiased covariance in float64. Two passes, since sum(x^2) - n mean^2 cancels. Throws RangeError below two points. */
export function statistics(features: Features): Statistics {
  const { n, d } = features;
  if (n < 2) throw new RangeError(`A covariance needs at least 2 points, got ${n}`);
  const mean = meanOf(features);
  return { n, d, mean, covariance: covarianceAbout(mean, features) };
}

/** The rows [from, to) of a feature matrix; shares its memory. */
export function rows({ values, d }: Features, from: number, to: number): Features {
  return { values: values.subarray(from * d, to * d), n: to - from, d };
}

function meanOf({ values, n, d }: Features): Float64Array {
  const mean = new Float64Array(d);
  for (let row = 0; row < n; row++) {
    for (let j = 0; j < d; j++) mean[j]! += values[row * d + j]!;
  }
  return mean.map((sum) => sum / n);
}

function covarianceAbout(mean: Float64Array, { values, n, d }: Features): Float64Array {
  const covariance = new Float64Array(d * d);
  const centred = new Float64Array(d);
  for (let row = 0; row < n; row++) {
    for (let j = 0; j < d; j++) centred[j] = values[row * d + j]! - mean[j]!;
    for (let i = 0; i < d; i++) {
      const x = centred[i]!;
      for (let j = i; j < d; j++) covariance[i * d + j]! += x * centred[j]!;
    }
  }
  for (let i = 0; i < d; i++) {
    for (let j = i; j < d; j++) {
      covariance[j * d + i] = covariance[i * d + j]! /= n - 1;
    }
  }
  return covariance;
}

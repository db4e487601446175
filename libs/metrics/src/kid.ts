import type { MetricInput, MetricResult } from './metric.js';
import { randomSubset, uniformStream } from './subsets.js';
import { picked, type Features } from './features.js';

export interface KidOptions {
  /** How many pairs of subsets are drawn. */
  readonly subsets: number;
  /** Points drawn from either side, from 2 to the size of the smaller side. */
  readonly subsetSize: number;
  readonly seed: number;
}

export interface Kid {
  /** Mean over the subsets; an unbiased estimate, so near zero it is negative half the time. */
  readonly value: number;
  /** Standard deviation over the subsets; 0 for a single one. */
  readonly stddev: number;
  readonly subsets: number;
  readonly subsetSize: number;
}

/** Fixed, so that scores differ only because of their images. */
export const kidSubsets = { subsets: 50, seed: 0 } as const;
/** Subsets of at most half the images; otherwise their standard deviation would be meaningless. */
export const largestSubset = 500;

/** KID to the reference, over 50 pairs of random subsets of up to 500. */
export function kid({ features, reference: { features: reference } }: MetricInput): MetricResult {
  const subsetSize = Math.max(2, Math.min(largestSubset, Math.floor(Math.min(features.n, reference.n) / 2)));
  const { value, stddev } = kernelDistance(features, reference, { ...kidSubsets, subsetSize });
  return { value, stddev, details: { ...kidSubsets, subsetSize, d: features.d, referenceN: reference.n } };
}

/** KID: unbiased squared MMD with k(x, y) = (x.y/d + 1)^3, averaged over random subsets (Binkowski 2018, eq. 4 and sec. 4). */
export function kernelDistance(a: Features, b: Features, { subsets, subsetSize, seed }: KidOptions): Kid {
  if (a.d !== b.d) throw new RangeError(`Features of ${a.d} and of ${b.d} numbers cannot be compared`);
  if (subsetSize < 2 || subsetSize > Math.min(a.n, b.n)) throw new RangeError(`A subset of ${subsetSize} needs at least 2 and at most ${Math.min(a.n, b.n)} points`);
  const uniform = uniformStream(seed);
  const values = Float64Array.from({ length: subsets }, () =>
    squaredMmd(picked(a, randomSubset(a.n, subsetSize, uniform)), picked(b, randomSubset(b.n, subsetSize, uniform))));
  const value = values.reduce((sum, x) => sum + x, 0) / subsets;
  if (!Number.isFinite(value)) throw new RangeError('KID is no finite number: some features are too large for the sixth power that its kernel takes of them');
  const square = values.reduce((sum, x) => sum + (x - value) ** 2, 0);
  return { value, stddev: subsets > 1 ? Math.sqrt(square / (subsets - 1)) : 0, subsets, subsetSize };
}

/** Unbiased squared MMD between two sets of features, over all pairs except those of a point with itself. */
export function squaredMmd(a: Features, b: Features): number {
  return meanOfPairs(a) + meanOfPairs(b) - 2 * meanAcross(a, b);
}

function meanOfPairs(x: Features): number {
  let sum = 0;
  for (let i = 1; i < x.n; i++) sum += kernelSum(x, i, { of: x, count: i });
  return (2 * sum) / (x.n * (x.n - 1));
}

function meanAcross(x: Features, y: Features): number {
  let sum = 0;
  for (let i = 0; i < x.n; i++) sum += kernelSum(x, i, { of: y, count: y.n });
  return sum / (x.n * y.n);
}

/** Sum of k(x[i], y[j]) over the first `count` points of y, two at a time: two independent sums keep the adder busy. */
function kernelSum({ values: x, d }: Features, i: number, { of: { values: y }, count }: { of: Features; count: number }): number {
  const at = i * d;
  let sum = 0;
  let j = 0;
  for (; j + 1 < count; j += 2) {
    const first = j * d;
    const second = first + d;
    let [p, q] = [0, 0];
    for (let k = 0; k < d; k++) {
      const xk = x[at + k]!;
      p += xk * y[first + k]!;
      q += xk * y[second + k]!;
    }
    sum += cube(p / d + 1) + cube(q / d + 1);
  }
  if (j < count) {
    let p = 0;
    for (let k = 0; k < d; k++) p += x[at + k]! * y[j * d + k]!;
    sum += cube(p / d + 1);
  }
  return sum;
}

/** Math.pow may differ in its last digit between versions of Node; a product does not. */
function cube(x: number): number {
  return x * x * x;
}

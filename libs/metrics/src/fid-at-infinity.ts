import { fidBias } from './bias.js';
import { picked, type Features } from './features.js';
import { frechetDistance, rootsOf, squareNorm } from './fid.js';
import type { MetricInput, MetricResult } from './metric.js';
import { statistics, type Statistics } from './statistics.js';
import { randomSubset, uniformStream } from './subsets.js';

/** Ways in which the images are divided at random into parts of equal size; averaging over several removes what one division has by chance. */
const divisions = 2;
/** The standard error is found by leaving out one of so many groups at a time. */
export const jackknifeGroups = 20;
/** The 97.5 % quantile of Student's t with one degree of freedom fewer than groups. */
const tQuantile = 2.0930240544;
/** Fixed, so that scores differ only because of their images. */
const seed = 0;

/** Mean FID of subsets of one size. */
export interface FidAtSize {
  /** Images in a subset. */
  readonly n: number;
  readonly fid: number;
}

/**
 * FID extrapolated to infinitely many generated images: the intercept of a line in 1/n through the FID of all n, and the mean FIDs of halves, thirds, .. of them
 * (Chong and Forsyth 2020, "Effectively Unbiased FID and Inception Score"). Parts of one size are disjoint and use every image, so that the mean of their FIDs varies
 * no more than that of all. The reference stays as it is. Details: the FIDs by size, the 95 % interval over new images of the same generator, and what theory expects
 * FID to fall by from n to infinity, for Gaussian features. May be below 0 for images as good as real ones.
 */
export function fidAtInfinity({ features, reference: { statistics: real } }: MetricInput, { points }: { readonly points: number }): MetricResult {
  const own = statistics(features);
  const sizes = [{ n: features.n, fid: frechetDistance(own, real) }, ...fidOfParts(features, real, points)];
  const value = intercept(sizes);
  const stddev = jackknifeError(features, real);
  const half = tQuantile * stddev;
  return {
    value, stddev,
    details: { n: features.n, d: features.d, referenceN: real.n, sizes, low: value - half, high: value + half, bias: sizes[0]!.fid - value, expectedBias: fidBias({ trace: squareNorm(own.factor), roots: rootsOf(own, real) }, features.n) },
  };
}

/** Mean FID of the halves, of the thirds, .. of the images. */
function fidOfParts(features: Features, real: Statistics, most: number): FidAtSize[] {
  const uniform = uniformStream(seed);
  return Array.from({ length: most - 1 }, (_, i): FidAtSize => {
    const parts = i + 2;
    const n = Math.floor(features.n / parts);
    let sum = 0;
    for (let division = 0; division < divisions; division++) {
      const order = randomSubset(features.n, features.n, uniform);
      for (let part = 0; part < parts; part++) sum += frechetDistance(statistics(picked(features, order.subarray(part * n, part * n + n))), real);
    }
    return { n, fid: sum / (divisions * parts) };
  });
}

/** The value at 1/n = 0 of the least-squares line in 1/n. */
export function intercept(sizes: readonly FidAtSize[]): number {
  const mean = (of: (size: FidAtSize) => number): number => sizes.reduce((sum, size) => sum + of(size), 0) / sizes.length;
  const [x, y] = [mean(({ n }) => 1 / n), mean(({ fid }) => fid)];
  const slope = mean(({ n, fid }) => (1 / n - x) * (fid - y)) / mean(({ n }) => (1 / n - x) ** 2);
  return y - slope * x;
}

/** The standard error of FID over new images, by the delete-a-group jackknife (Shao and Tu 1995, section 2.3): to first order that of the extrapolated one too. */
function jackknifeError(features: Features, real: Statistics): number {
  // at random: images may be in the order of their classes
  const order = randomSubset(features.n, features.n, uniformStream(seed));
  const values = Array.from({ length: jackknifeGroups }, (_, group) => frechetDistance(statistics(picked(features, order.filter((__, i) => i % jackknifeGroups !== group))), real));
  const mean = values.reduce((sum, value) => sum + value, 0) / jackknifeGroups;
  return Math.sqrt(((jackknifeGroups - 1) / jackknifeGroups) * values.reduce((sum, value) => sum + (value - mean) ** 2, 0));
}

/** How many FIDs are computed, and of how many images in all, in multiples of n: for the estimate of time. */
export function workOfExtrapolation(points: number): { fids: number; images: number } {
  return { fids: 1 + divisions * ((points * (points + 1)) / 2 - 1) + jackknifeGroups, images: 1 + divisions * (points - 1) + jackknifeGroups - 1 };
}

import { clusterCentres } from './clusters.js';
import { picked, type Features } from './features.js';
import { realOf } from './manifold.js';
import type { MetricInput, MetricResult } from './metric.js';
import { nearestOf } from './nearest.js';

/** Cells with no more generated points than this do not count: the authors' tau, 20 of all generated points. */
export const fewInCell = 20;

/** One cell of the division of the feature space. */
export interface CopyingCell {
  readonly training: number;
  readonly test: number;
  readonly generated: number;
  /** How often a generated point of it is farther from the training points than a test point is, ties counting half: 1/2 if nothing is copied. null without points of either. */
  readonly farther: number | null;
  /** Its Z_U; null where it does not count. */
  readonly z: number | null;
}

/**
 * C_T (Meehan, Chaudhuri and Dasgupta 2020, sec. 3.2): whether generated points lie nearer to the training points than test points do. The mean over
 * cells, weighted by their test points, of the standardised Mann-Whitney U of the distances to the nearest training point of the cell, with as many test
 * points as generated ones. Far below 0: training images are copied. About 0: none are. Far above: the images are unlike any.
 * Throws RangeError without training features, with fewer of them than cells, and where no cell counts.
 */
export function dataCopying(input: MetricInput, { cells: k }: { readonly cells: number }): MetricResult {
  const { features: generated, training } = input;
  if (training === undefined) throw new RangeError('there are no features of the training split');
  if (training.n < k) throw new RangeError(`${k} cells need at least as many training images, got ${training.n}`);
  const cells = copyingCells({ generated, test: realOf(input), training }, k);
  const counted = cells.filter((cell) => cell.z !== null);
  const weights = counted.reduce((sum, { test }) => sum + test, 0);
  if (weights === 0) throw new RangeError(`no cell has real images and more than ${fewInCell} generated ones`);
  const value = counted.reduce((sum, { z, test }) => sum + z! * test, 0) / weights;
  return { value, details: { k, n: generated.n, d: generated.d, referenceN: realOf(input).n, trainingN: training.n, cells } };
}

interface Sides {
  readonly generated: Features;
  readonly test: Features;
  readonly training: Features;
}

/** The cells that k-means divides the training points into, with what is in each. */
function copyingCells(sides: Sides, k: number): CopyingCell[] {
  const centres = clusterCentres(sides.training, k);
  const divided = [sides.generated, sides.test, sides.training].map((points) => ({ points, places: nearestOf(points, centres).places }));
  return Array.from({ length: k }, (_, cell) => {
    const [generated, test, training] = divided.map(({ points, places }) => picked(points, [...places.keys()].filter((i) => places[i] === cell))) as [Features, Features, Features];
    const sizes = { training: training.n, test: test.n, generated: generated.n };
    if (Object.values(sizes).includes(0)) return { ...sizes, farther: null, z: null };
    const farther = shareAbove(nearestOf(generated, training).squaredDistances, nearestOf(test, training).squaredDistances);
    return { ...sizes, farther, z: generated.n > fewInCell ? standardised(farther, generated.n, test.n) : null };
  });
}

/** U/(mn) of Mann and Whitney: the share of pairs in which the one of `x` is larger, ties counting half. */
function shareAbove(x: Float64Array, y: Float64Array): number {
  const sorted = y.toSorted();
  const below = (value: number, orEqual: boolean): number => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (orEqual ? sorted[middle]! <= value : sorted[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return x.reduce((sum, value) => sum + (below(value, false) + below(value, true)) / 2, 0) / (x.length * y.length);
}

/** Z_U: U less its mean mn/2, over its standard deviation where both sets are of one distribution, sqrt(mn(m+n+1)/12). */
const standardised = (share: number, m: number, n: number): number => (share - 1 / 2) * Math.sqrt((12 * m * n) / (m + n + 1));

import type { Features } from './features.js';
import { realOf } from './manifold.js';
import type { MetricInput, MetricResult } from './metric.js';
import { squaredDistance } from './squared-distance.js';

/** The authors' factor, which makes the numbers readable. */
const scale = 1000;

/** Sums of k(x, y) = exp(-|x-y|^2 / (2 sigma^2)) over the pairs of distinct points, and over all pairs of two sets. */
const kernelSums = (sigma: number) => {
  const kernel = (x: Features, i: number, y: Features, j: number): number => Math.exp(-squaredDistance({ x, i, y, j }, Infinity) / (2 * sigma ** 2));
  return {
    within(x: Features): number {
      let sum = 0;
      for (let i = 1; i < x.n; i++) for (let j = 0; j < i; j++) sum += kernel(x, i, x, j);
      return 2 * sum;
    },
    across(x: Features, y: Features): number {
      let sum = 0;
      for (let i = 0; i < x.n; i++) for (let j = 0; j < y.n; j++) sum += kernel(x, i, y, j);
      return sum;
    },
  };
};

/**
 * CMMD: 1000 times the squared MMD under a Gaussian kernel (Jayasumana 2024, eq. 4), to as many real points as there are generated ones. Unbiased:
 * pairs of a point with itself are left out, so near zero it may be negative. `details.published` is the estimate of the authors' code, which has
 * these pairs: larger by about 2000 (1 - k)/n, k the mean kernel of two different points. Throws RangeError for fewer than 2 real points, and for
 * points too far apart to be squared.
 */
export function cmmd(input: MetricInput, { sigma }: { readonly sigma: number }): MetricResult {
  const [x, y] = [input.features, realOf(input)];
  if (y.n < 2) throw new RangeError(`an unbiased estimate needs at least 2 real images, got ${y.n}`);
  const sums = kernelSums(sigma);
  const [xx, yy, xy] = [sums.within(x), sums.within(y), sums.across(x, y) / (x.n * y.n)];
  const value = scale * (xx / (x.n * (x.n - 1)) + yy / (y.n * (y.n - 1)) - 2 * xy);
  if (!Number.isFinite(value)) throw new RangeError('distances of features are no finite numbers: some features are too large to be squared');
  const published = scale * ((xx + x.n) / x.n ** 2 + (yy + y.n) / y.n ** 2 - 2 * xy);
  return { value, details: { sigma, n: x.n, d: x.d, referenceN: y.n, published } };
}

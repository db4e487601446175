import { fid } from './fid.js';
import { kid, kidSubsets, largestSubset } from './kid.js';
import { metric } from './metric.js';
import type { MetricDef, MetricParameters } from './metric.js';
import { coverage, density, precision, recall } from './manifold.js';

/** Every pair of n points with n others, three operations per feature. */
const allPairs = ({ n, d }: { n: number; d: number }): number => 3 * n * n * d;
const neighbours = (byDefault: number) => ({ k: { default: byDefault, min: 1, max: 100, meaning: 'a point\'s manifold reaches to its k-th nearest neighbour' } });

/**
 * The only table of metrics, in display order; of the metrics requested, the first in this order ranks: docs/adding-a-metric.md.
 * A change to a metric's values requires bumping metricVersion in libs/stages/src/evaluator.ts.
 */
export const metricDefs = {
  fid: metric({
    title: 'FID', meaning: 'Frechet distance between Gaussians of generated and real features', digits: 2, better: 'lower', needs: [], parameters: {},
    fewest: () => 2,
    // a factor of the covariance, then singular values
    flops: ({ n, d }) => 2 * n * d ** 2 + 4 * d ** 3,
    compute: fid,
  }),
  kid: metric({
    title: 'KID', meaning: 'kernel distance of features, unbiased', digits: 4, better: 'lower', needs: [], parameters: {},
    fewest: () => 2,
    flops: ({ n, d }) => kidSubsets.subsets * 3 * 2 * Math.min(largestSubset, n / 2) ** 2 * d,
    compute: kid,
  }),
  precision: metric({
    title: 'precision', meaning: 'fraction of generated images within the manifold of real ones (Kynkaanniemi 2019)', digits: 3, better: 'higher', needs: [], parameters: neighbours(3),
    fewest: ({ k }) => k + 1,
    flops: allPairs,
    compute: precision,
  }),
  recall: metric({
    title: 'recall', meaning: 'fraction of real images within the manifold of generated ones (Kynkaanniemi 2019)', digits: 3, better: 'higher', needs: [], parameters: neighbours(3),
    fewest: ({ k }) => k + 1,
    flops: allPairs,
    compute: recall,
  }),
  density: metric({
    title: 'density', meaning: 'how many real neighbourhoods a generated image lies in, against k (Naeem 2020)', digits: 3, better: 'higher', needs: [], parameters: neighbours(5),
    fewest: ({ k }) => k + 1,
    flops: allPairs,
    compute: density,
  }),
  coverage: metric({
    title: 'coverage', meaning: 'fraction of real images with a generated one in their neighbourhood (Naeem 2020)', digits: 3, better: 'higher', needs: [], parameters: neighbours(5),
    fewest: ({ k }) => k + 1,
    flops: allPairs,
    compute: coverage,
  }),
} satisfies Record<string, Pick<MetricDef, 'title'>>;

export type MetricName = keyof typeof metricDefs;
export const metricNames = Object.keys(metricDefs) as [MetricName, ...MetricName[]];

/** A metric's definition, its settings typed only by the code that parsed them. */
export function metricDef(name: MetricName): MetricDef<MetricParameters> {
  return metricDefs[name] as unknown as MetricDef<MetricParameters>;
}


import { classCoverage, classImbalance } from './classes.js';
import { cmmd } from './cmmd.js';
import { dataCopying, fewInCell } from './data-copying.js';
import { fidAtInfinity, jackknifeGroups, workOfExtrapolation } from './fid-at-infinity.js';
import { fid } from './fid.js';
import { kid, kidSubsets, largestSubset } from './kid.js';
import { metric } from './metric.js';
import type { MetricDef, MetricParameters } from './metric.js';
import { coverage, density, precision, recall } from './manifold.js';
import { vendi } from './vendi.js';

/** Every pair of n points with n others, three operations per feature. */
const allPairs = ({ n, d }: { n: number; d: number }): number => 3 * n * n * d;
/** Every generated image with every real one. */
const nearest = ({ n, referenceN, d }: { n: number; referenceN: number; d: number }): number => 3 * n * referenceN * d;
const neighbours = (byDefault: number) => ({ k: { default: byDefault, min: 1, max: 100, meaning: 'a point\'s manifold reaches to its k-th nearest neighbour' } });

/**
 * The only table of metrics, in display order; of the metrics requested, the first in this order ranks: docs/adding-a-metric.md.
 * A change to a metric's values requires bumping metricVersion in libs/stages/src/evaluator.ts.
 */
export const metricDefs = {
  fid: metric({
    title: 'FID', meaning: 'Frechet distance between Gaussians of generated and real features', digits: 2, better: 'lower', range: [0, Infinity], needs: [], parameters: {},
    fewest: () => 2,
    // a factor of the covariance, then singular values
    flops: ({ n, d }) => 2 * n * d ** 2 + 4 * d ** 3,
    compute: fid,
  }),
  fidinf: metric({
    title: 'FIDinf', meaning: 'FID extrapolated to infinitely many generated images (Chong and Forsyth 2020)', digits: 2, better: 'lower', needs: [], steps: false,
    parameters: { points: { default: 3, min: 2, max: 8, meaning: 'sizes that the line in 1/n goes through: all images, halves, thirds ...' } },
    fewest: ({ points }) => Math.max(jackknifeGroups, 8 * points),
    flops: ({ n, d }, { points }) => {
      const { fids, images } = workOfExtrapolation(points);
      return 2 * images * n * d ** 2 + 4 * fids * d ** 3;
    },
    compute: fidAtInfinity,
  }),
  kid: metric({
    title: 'KID', meaning: 'kernel distance of features, unbiased', digits: 4, better: 'lower', needs: [], parameters: {},
    fewest: () => 2,
    flops: ({ n, d }) => kidSubsets.subsets * 3 * 2 * Math.min(largestSubset, n / 2) ** 2 * d,
    compute: kid,
  }),
  cmmd: metric({
    title: 'CMMD', meaning: 'squared distance of features under a Gaussian kernel, x 1000, unbiased (Jayasumana 2024)', digits: 3, better: 'lower', needs: [],
    parameters: { sigma: { default: 10, min: 1, max: 100_000, meaning: 'width of the kernel, in the unit of the features; 10 is meant for features of length 1' } },
    fewest: () => 2,
    flops: (size) => 2 * allPairs(size),
    compute: cmmd,
  }),
  precision: metric({
    title: 'precision', meaning: 'fraction of generated images within the manifold of real ones (Kynkaanniemi 2019)', digits: 3, better: 'higher', range: [0, 1], needs: [], parameters: neighbours(3),
    fewest: ({ k }) => k + 1,
    flops: allPairs,
    compute: precision,
  }),
  recall: metric({
    title: 'recall', meaning: 'fraction of real images within the manifold of generated ones (Kynkaanniemi 2019)', digits: 3, better: 'higher', range: [0, 1], needs: [], parameters: neighbours(3),
    fewest: ({ k }) => k + 1,
    flops: allPairs,
    compute: recall,
  }),
  density: metric({
    title: 'density', meaning: 'how many real neighbourhoods a generated image lies in, against k (Naeem 2020)', digits: 3, better: 'higher', range: [0, Infinity], needs: [], parameters: neighbours(5),
    fewest: ({ k }) => k + 1,
    flops: allPairs,
    compute: density,
  }),
  coverage: metric({
    title: 'coverage', meaning: 'fraction of real images with a generated one in their neighbourhood (Naeem 2020)', digits: 3, better: 'higher', range: [0, 1], needs: [], parameters: neighbours(5),
    fewest: ({ k }) => k + 1,
    flops: allPairs,
    compute: coverage,
  }),
  vendi: metric({
    title: 'Vendi', meaning: 'effective number of different images among the generated ones, by the cosine of their features (Friedman and Dieng 2023)', digits: 2, better: 'higher', range: [1, Infinity], needs: [], parameters: {},
    fewest: () => 2,
    flops: ({ n, d }) => 2 * n * d ** 2 + 4 * Math.min(n, d) * d ** 2,
    compute: vendi,
  }),
  classcoverage: metric({
    title: 'lowest class coverage', meaning: 'coverage of the class that is covered least; details have every class', digits: 3, better: 'higher', range: [0, 1], needs: ['labels'], parameters: neighbours(5),
    fewest: ({ k }) => k + 1,
    flops: (size) => allPairs(size) + nearest(size),
    compute: classCoverage,
  }),
  classimbalance: metric({
    title: 'class imbalance', meaning: 'fraction of generated images that would have to be of another class to have the classes of real ones', digits: 3, better: 'lower', range: [0, 1], needs: ['labels'], parameters: {},
    fewest: () => 1,
    flops: (size) => nearest(size),
    compute: classImbalance,
  }),
  ct: metric({
    title: 'C_T', meaning: 'memorisation: far below 0 if generated images are nearer to the training images than test images are (Meehan 2020)', digits: 2, better: 'higher', needs: ['training'],
    parameters: { cells: { default: 3, min: 1, max: 100, meaning: 'cells that the features of the training images are divided into' } },
    fewest: ({ cells }) => fewInCell * cells + 1,
    // distances of generated and of test images to the training images of their cell, and k-means
    flops: ({ n, referenceN, d }, { cells }) => 3 * referenceN * d * ((2 * n) / cells + 20 * cells),
    compute: dataCopying,
  }),
} satisfies Record<string, Pick<MetricDef, 'title'>>;

export type MetricName = keyof typeof metricDefs;
export const metricNames = Object.keys(metricDefs) as [MetricName, ...MetricName[]];

/** A metric's definition, its settings typed only by the code that parsed them. */
export function metricDef(name: MetricName): MetricDef<MetricParameters> {
  return metricDefs[name] as unknown as MetricDef<MetricParameters>;
}


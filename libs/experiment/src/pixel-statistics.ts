import { type DatasetSpec, isSynthetic } from './dataset-grammar.js';

/** Mean and standard deviation over every pixel, and channel, of the train images. */
export interface PixelStatistics {
  mean: number;
  std: number;
}

type Synthetic = Extract<DatasetSpec, { name: 'gaussian' | 'mixture' }>;
type Padded = Extract<DatasetSpec, { name: 'fashion-mnist' | 'mnist' }>;

/**
 * For sets with fixed images, mapped to [-1, 1]; measured by `statistics.test.ts` of libs/training.
 * At 28x28, unpadded, Fashion-MNIST has mean -0.428 and standard deviation 0.706.
 */
export const measuredStatistics: Readonly<Record<Padded['name'], Readonly<Record<Padded['resolution'], PixelStatistics>>>> = {
  'fashion-mnist': {
    16: { mean: -0.56155, std: 0.62679 },
    32: { mean: -0.56200, std: 0.66362 },
    64: { mean: -0.55887, std: 0.65136 },
  },
  'mnist': {
    16: { mean: -0.79973, std: 0.50284 },
    32: { mean: -0.79993, std: 0.55043 },
    64: { mean: -0.79839, std: 0.53446 },
  },
};

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** Mean and standard deviation of a pixel, in closed form. */
export function syntheticStatistics(dataset: Synthetic): PixelStatistics {
  const parts = dataset.name === 'mixture' ? dataset.parts : [{ weight: 1, mean: dataset.mean, std: dataset.std }];
  const total = sum(parts.map(({ weight }) => weight));
  const mean = sum(parts.map((part) => part.weight * part.mean)) / total;
  const variance = sum(parts.map((part) => part.weight * (part.std ** 2 + (part.mean - mean) ** 2))) / total;
  return { mean, std: Math.sqrt(variance) };
}

/** Statistics of a data set at range 1, if they are known without reading it: for all but folders. */
export function knownStatistics(dataset: DatasetSpec): PixelStatistics | undefined {
  if (dataset.name === 'folder') return undefined;
  return isSynthetic(dataset) ? syntheticStatistics(dataset) : measuredStatistics[dataset.name][dataset.resolution];
}

import { type DatasetSpec, isSynthetic } from '@elucidate/experiment/dataset-grammar';
import type { StageParams } from '@elucidate/experiment/stages';
import type { ByteImages, Images } from '../images.js';
import type { IdxSetName } from './idx-sets.js';
import { byteStatistics, type PixelStatistics } from './pixel-statistics.js';
import type { Resolution } from './resolutions.js';
import { syntheticStatistics } from './synthetic.js';

/**
 * For sets with fixed images, mapped to [-1, 1]; measured by `statistics.test.ts`.
 * At 28x28, unpadded, Fashion-MNIST has mean -0.428 and standard deviation 0.706.
 */
export const measuredStatistics: Readonly<Record<IdxSetName, Readonly<Record<Resolution, PixelStatistics>>>> = {
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

/** Statistics of a data set at range 1, if they are known without reading it: for all but folders. */
export function knownStatistics(dataset: DatasetSpec): PixelStatistics | undefined {
  if (dataset.name === 'folder') return undefined;
  return isSynthetic(dataset) ? syntheticStatistics(dataset) : measuredStatistics[dataset.name][dataset.resolution];
}

/** Statistics as a network sees them: bytes are mapped to [-range, range]; synthetic images keep their own units at any range. */
export function scaledStatistics({ mean, std }: PixelStatistics, dataset: DatasetSpec, range: number): PixelStatistics {
  const factor = isSynthetic(dataset) ? 1 : range;
  return { mean: mean * factor, std: std * factor };
}

/** The data standard deviation that a training run scales with, in data units: the one given in its params, else that of its images. */
export function sigmaDataOf({ sigmaData, dataset, dataRange }: StageParams<'train'>, images: Images): number {
  if (sigmaData !== 'measured') return sigmaData;
  return scaledStatistics(knownStatistics(dataset) ?? byteStatistics(images as ByteImages), dataset, dataRange).std;
}

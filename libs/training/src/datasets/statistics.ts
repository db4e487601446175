import { type DatasetSpec, isSynthetic } from '@elucidate/experiment/dataset-grammar';
import { knownStatistics, type PixelStatistics } from '@elucidate/experiment/pixel-statistics';
import type { StageParams } from '@elucidate/experiment/stages';
import type { ByteImages, Images } from '../images.js';
import { byteStatistics } from './pixel-statistics.js';

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

import type { TrainParams } from './build.js';
import { byteStatistics } from './datasets/pixel-statistics.js';
import { knownStatistics, scaledStatistics } from './datasets/statistics.js';
import type { ByteImages, Images } from './images.js';

/** The standard deviation of the data that a training reckons with, in data units: the one it names, else that of its images. */
export function sigmaDataOf({ sigmaData, dataset, dataRange }: TrainParams, images: Images): number {
  if (sigmaData !== 'measured') return sigmaData;
  return scaledStatistics(knownStatistics(dataset) ?? byteStatistics(images as ByteImages), dataset, dataRange).std;
}

import { defaultRecipe } from '@elucidate/experiment/parameters';
import { stageDefinitions, type StageParams } from '@elucidate/experiment/stages';
import { type ByteImages, sliceImages } from './images.js';
import { readIdxSet, type Split } from './datasets/idx-sets.js';
import { testDataset } from './dataset.fixture.js';

/** A training run small enough for a test: 16x16 images, a network of 4 and 8 channels. */
export function tinyTraining(changes: Partial<StageParams<'train'>> = {}): StageParams<'train'> {
  return stageDefinitions.train.params.parse({
    dataset: { name: 'fashion-mnist', resolution: 16 },
    schedule: { kind: 'linear' },
    noiseDistribution: { kind: 'schedule' },
    inputScale: 1,
    dataRange: 1,
    sigmaData: 'measured',
    lossWeight: { kind: 'uniform' },
    parameterisation: 'v',
    normalisation: 'analytic',
    conditioning: 'ln-sigma',
    classCondition: { kind: 'none' },
    network: { channels: [4, 8], blocks: 1, attention: false, groups: 2 },
    images: 320,
    batch: 8,
    ...defaultRecipe,
    learningRate: 2e-3,
    emaHalfLifeImages: 1000,
    emaRamp: 0.05,
    seed: 1,
    ...changes,
  });
}

/** A noise-level estimator small enough for a test. */
export function tinyEstimator(changes: Partial<StageParams<'noise-level'>['estimator']> = {}): StageParams<'noise-level'> {
  return stageDefinitions['noise-level'].params.parse({
    dataset: { name: 'fashion-mnist', resolution: 16 },
    inputScale: 1,
    dataRange: 1,
    estimator: { channels: [8, 16], groups: 4, images: 640, batch: 16, learningRate: 5e-3, seed: 1, ...changes },
  });
}

/** The first images of a split of the real data. */
export async function someImages(split: Split, count: number, resolution: 16 | 32 = 16): Promise<ByteImages> {
  return sliceImages(await readIdxSet(await testDataset(), { name: 'fashion-mnist', split, resolution }), 0, count);
}

/** The inputs of a training run: images, and the standard deviation of Fashion-MNIST at 16x16. */
export async function trainingData(count: number): Promise<{ images: ByteImages; sigmaData: number }> {
  return { images: await someImages('train', count), sigmaData: 0.62679 };
}

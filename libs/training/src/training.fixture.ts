import { stageParams, type StageParams } from '@elucidate/experiment/stages';
import { type ByteImages, sliceImages } from './images.js';
import { readFashionMnist, type Split } from './fashion-mnist.js';
import { testDataset } from './dataset.fixture.js';

/** A training small enough for a test: 16x16 images, a network of 4 and 8 channels. */
export function tinyTraining(changes: Partial<StageParams<'train'>> = {}): StageParams<'train'> {
  return stageParams.train.parse({
    dataset: { name: 'fashion-mnist', resolution: 16 },
    schedule: { kind: 'linear' },
    inputScale: 1,
    parameterisation: 'v',
    normalisation: 'analytic',
    conditioning: 'ln-sigma',
    network: { channels: [4, 8], blocks: 1, attention: false, groups: 2 },
    images: 320,
    batch: 8,
    learningRate: 2e-3,
    emaHalfLifeImages: 1000,
    seed: 1,
    ...changes,
  });
}

/** The first images of a split of the real data. */
export async function someImages(split: Split, count: number, resolution: 16 | 32 = 16): Promise<ByteImages> {
  return sliceImages((await readFashionMnist(await testDataset(), split, resolution)).images, 0, count);
}

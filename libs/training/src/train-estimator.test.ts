import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '@elucidate/engine/start';
import { noiseLevelBaselines } from '@elucidate/diffusion/noise-level-loss';
import { trainEstimator } from './train-estimator.js';
import { someImages, tinyEstimator } from './training.fixture.js';

beforeAll(() => startEngine({ backend: 'simd' }));

describe('trainEstimator', () => {
  it('starts at pi^2/3, the loss of a constant prediction, and soon predicts far better', async () => {
    const { losses } = await trainEstimator(tinyEstimator({ images: 3200 }), await someImages('train', 2000));
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    // 16 evenly spaced draws of a standard logistic's square: their mean is off by less than a third
    expect(Math.abs(losses[0]! / noiseLevelBaselines.zero - 1)).toBeLessThan(1 / 3);
    expect(mean(losses.slice(-40))).toBeLessThan(noiseLevelBaselines.zero / 4);
  });

  it('is a function of its params, and leaves no tensor behind', async () => {
    const images = await someImages('train', 200);
    const before = tf.memory().numTensors;
    const [one, again, other] = [await trainEstimator(tinyEstimator({ images: 64 }), images), await trainEstimator(tinyEstimator({ images: 64 }), images), await trainEstimator(tinyEstimator({ images: 64, seed: 2 }), images)];
    expect(again).toEqual(one);
    expect(other.losses).not.toEqual(one.losses);
    expect(tf.memory().numTensors).toBe(before);
  });
});

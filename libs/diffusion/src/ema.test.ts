import * as tf from '@tensorflow/tfjs-core';
import { averagedArray, averagedWeights, decayOf, halfLifeOf } from './ema.js';

describe('the average of weights', () => {
  it('halves its memory in one half-life, whatever the batch', () => {
    for (const batch of [1, 64, 1000]) expect(decayOf(500_000, batch) ** (500_000 / batch)).toBeCloseTo(0.5, 10);
  });

  it('has a half-life that its decay gives back', () => {
    expect(halfLifeOf(decayOf(50_000, 128), 128)).toBeCloseTo(50_000, 6);
    expect(halfLifeOf(0.9999, 1024)).toBeCloseTo(1024 * 6931.1, -3);
  });

  it('of n steps from 0 towards 1 is 1 - decay^n', () => {
    let average = new Float32Array([0, 0]);
    const decay = 0.9;
    for (let step = 1; step <= 30; step++) {
      average = averagedArray(average, new Float32Array([1, -2]), decay) as Float32Array<ArrayBuffer>;
      expect(average[0]).toBeCloseTo(1 - decay ** step, 6);
      expect(average[1]).toBeCloseTo(-2 * (1 - decay ** step), 6);
    }
  });

  it('is the same of tensors and of arrays, and leaves both as they were', () => {
    const before = tf.memory().numTensors;
    const [average, weights] = [{ w: tf.tensor1d([1, 2, 3]) }, { w: tf.tensor1d([3, 2, 1]) }];
    const blended = averagedWeights(average, weights, 0.75);
    const expected = averagedArray(new Float32Array([1, 2, 3]), new Float32Array([3, 2, 1]), 0.75);
    expect(Array.from(blended['w']!.dataSync())).toEqual(Array.from(expected));
    expect(Array.from(average.w.dataSync())).toEqual([1, 2, 3]);
    tf.dispose([average, weights, blended]);
    expect(tf.memory().numTensors).toBe(before);
  });
});

import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '@elucidate/engine/start';
import { dropouts } from './dropout.js';
import { train } from './loop.js';
import { tinyTraining, trainingData } from './training.fixture.js';

beforeAll(() => startEngine({ backend: 'simd' }));

const dropped = (step: number, block: string, fraction = 0.25) => tf.tidy(() => Array.from(dropouts({ fraction, seed: 3 }).of(step, {})!(tf.ones([4, 16, 16, 8]), block).dataSync()));

describe('dropout', () => {
  it('sets its fraction of the features to 0 and keeps their mean', () => {
    const values = dropped(0, 'middle');
    expect([...new Set(values)].sort()).toEqual([0, Math.fround(4 / 3)]);
    // four standard deviations of a fraction of 8,192
    expect(Math.abs(values.filter((value) => value === 0).length / values.length - 0.25)).toBeLessThan(4 * Math.sqrt((0.25 * 0.75) / values.length));
  });

  it('drops the same features in the same step and block, and others elsewhere', () => {
    expect(dropped(5, 'middle')).toEqual(dropped(5, 'middle'));
    expect(dropped(5, 'middle')).not.toEqual(dropped(6, 'middle'));
    expect(dropped(5, 'middle')).not.toEqual(dropped(5, 'up.0.0'));
  });

  it('with fraction 0 is none', () => expect(dropouts({ fraction: 0, seed: 1 }).of(0, {})).toBeUndefined());

  it('makes the masks of later steps ahead of them, the same ones, also for fewer images', () => tf.tidy(() => {
    const [learning, fresh] = [dropouts({ fraction: 0.4, seed: 7 }), dropouts({ fraction: 0.4, seed: 7 })];
    const maps = { 'middle': tf.ones([3, 4, 4, 2]) as tf.Tensor4D, 'up.0.0': tf.ones([3, 8, 8, 1]) as tf.Tensor4D };
    expect(learning.masks(0, 3)).toEqual({});
    for (const [block, map] of Object.entries(maps)) learning.of(0, {})!(map, block);
    for (const count of [3, 2]) {
      const masks = learning.masks(1, count);
      expect(Object.keys(masks)).toHaveLength(2);
      for (const [block, map] of Object.entries(maps)) {
        const part = tf.slice4d(map, [0, 0, 0, 0], [count, -1, -1, -1]);
        expect(Array.from(learning.of(1, masks)!(part, block).dataSync())).toEqual(Array.from(fresh.of(1, {})!(part, block).dataSync()));
      }
      // it is these that are used
      const zeros = Object.fromEntries(Object.entries(masks).map(([name, mask]) => [name, tf.zerosLike(mask)]));
      expect(tf.max(learning.of(1, zeros)!(tf.slice4d(maps.middle, [0, 0, 0, 0], [count, -1, -1, -1]), 'middle')).dataSync()[0]).toBe(0);
    }
  }));

  it('changes a training run, which is repeated bit for bit and leaves no tensor behind', async () => {
    const data = await trainingData(200);
    const before = tf.memory().numTensors;
    const losses = async (dropout: number) => (await train(tinyTraining({ images: 40, dropout }), data)).losses;
    const [plain, once, again] = [await losses(0), await losses(0.3), await losses(0.3)];
    expect(once).toEqual(again);
    // the last convolutions start at zero, so dropout does not affect the first loss
    expect(once[0]).toBe(plain[0]);
    expect(once.slice(2)).not.toEqual(plain.slice(2));
    expect(tf.memory().numTensors).toBe(before);
  });
});

import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '@elucidate/engine/start';
import { dropoutOf } from './dropout.js';
import { train } from './loop.js';
import { tinyTraining, trainingData } from './training.fixture.js';

beforeAll(() => startEngine({ backend: 'simd' }));

const dropped = (step: number, block: string, fraction = 0.25) => tf.tidy(() => Array.from(dropoutOf({ fraction, seed: 3, step })!(tf.ones([4, 16, 16, 8]), block).dataSync()));

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

  it('with fraction 0 is none', () => expect(dropoutOf({ fraction: 0, seed: 1, step: 0 })).toBeUndefined());

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

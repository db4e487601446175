import * as tf from '@tensorflow/tfjs-core';
import { asyncTidy } from './async-tidy.js';

let before = 0;
beforeEach(() => { before = tf.memory().numTensors; });
afterEach(() => expect(tf.memory().numTensors).toBe(before));

describe('asyncTidy', () => {
  it('disposes tensors that were noted and not returned, once the work is done', async () => {
    const given = tf.scalar(1);
    const { sum, of } = await asyncTidy(async (note) => {
      const two = note(tf.scalar(2));
      const sum = note(tf.add(two, given));
      await two.data();
      expect(two.isDisposed).toBe(false);
      return { sum, of: [given] };
    });
    expect(Array.from(await sum.data())).toEqual([3]);
    expect(tf.memory().numTensors).toBe(before + 2);
    tf.dispose([sum, of]);
  });

  it('disposes them if the work fails, and rethrows the error', async () => {
    const failing = asyncTidy(async (note) => {
      await note(tf.scalar(2)).data();
      throw new Error('out of memory');
    });
    await expect(failing).rejects.toThrow('out of memory');
  });

  it('does not touch tensors that others create while it waits', async () => {
    const waiting = asyncTidy(async (note) => note(tf.scalar(2)).data());
    const other = tf.scalar(3);
    await waiting;
    expect(other.isDisposed).toBe(false);
    other.dispose();
  });
});

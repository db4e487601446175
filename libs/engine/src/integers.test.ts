import * as tf from '@tensorflow/tfjs-core';
import { testedBackends } from './backends.fixture.js';
import { startEngine } from './start.js';

/** -log softmax(logits)[label], averaged over rows, and its gradient (softmax - onehot) / n, in float64. */
function crossEntropy(logits: readonly (readonly number[])[], labels: readonly number[]): { loss: number; gradient: number[] } {
  const rows = logits.map((row) => {
    const sum = row.reduce((total, value) => total + Math.exp(value), 0);
    return row.map((value) => Math.exp(value) / sum);
  });
  return {
    loss: rows.reduce((total, row, i) => total - Math.log(row[labels[i] ?? 0] ?? 0), 0) / rows.length,
    gradient: rows.flatMap((row, i) => row.map((p, j) => (p - (labels[i] === j ? 1 : 0)) / rows.length)),
  };
}

/** The numbers of a tensor, which is disposed. */
async function numbersOf(tensor: tf.Tensor): Promise<number[]> {
  const numbers = Array.from(await tensor.data());
  tensor.dispose();
  return numbers;
}

describe.each(testedBackends())('%s', (backend) => {
  beforeAll(async () => {
    await startEngine({ backend });
  });

  test.each(['int32', 'bool'] as const)('%s operands are converted to float in float arithmetic', async (dtype) => {
    const got = tf.tidy(() => {
      const whole = tf.tensor1d([1, 0, 1, 1], dtype);
      return tf.mul(tf.add(whole, tf.tensor1d([0.5, 0.5, 0.5, 0.5])), tf.cast(whole, 'float32'));
    });
    expect(await numbersOf(got)).toEqual([1.5, 0, 1.5, 1.5]);
  });

  test('cross-entropy against one-hot labels has the loss and the gradient of its closed form', async () => {
    const [logits, labels] = [[[0.3, -1.2, 2], [1.5, 0.1, -0.4]], [2, 1]];
    const expected = crossEntropy(logits, labels);
    const { value, grad } = tf.tidy(() => {
      const target = tf.oneHot(tf.tensor1d(labels, 'int32'), 3);
      return tf.valueAndGrad((x: tf.Tensor) => tf.mean<tf.Scalar>(tf.neg(tf.sum(tf.mul(tf.logSoftmax(x), target), 1))))(tf.tensor2d(logits));
    });
    const [loss = NaN] = await numbersOf(value);
    const gradient = await numbersOf(grad);
    expect(loss).toBeCloseTo(expected.loss, 5);
    gradient.forEach((value, i) => expect(value).toBeCloseTo(expected.gradient[i] ?? NaN, 5));
  });

  test('a cast to float32 leaves its integers unchanged, and no tensor behind', async () => {
    const before = tf.memory().numTensors;
    const both = tf.tidy(() => {
      const whole = tf.tensor1d([7, -3], 'int32');
      const cast = tf.cast(whole, 'float32');
      return [whole, tf.square(cast)];
    });
    expect(await Promise.all(both.map(numbersOf))).toEqual([[7, -3], [49, 9]]);
    expect(tf.memory().numTensors).toBe(before);
  });
});

import * as tf from '@tensorflow/tfjs-core';
import { benchLoss, benchNet } from './bench-net.js';
import { valueAndGrads } from './gradients.js';
import type { SimdBackend } from './simd/simd-backend.js';
import { startEngine } from './start.js';

type Loss = (...xs: tf.Tensor[]) => tf.Scalar;

/** Passes its input through: its gradient is the very tensor it was given. */
const untouched = tf.customGrad((x) => ({ value: tf.clone(x as tf.Tensor), gradFunc: (dy: tf.Tensor) => dy }));

const losses: Record<string, Loss> = {
  'a product used twice': (a, b) => tf.tidy(() => {
    const c = tf.mul(a!, b!);
    return tf.sum(tf.add(tf.square(c), tf.mul(c, a!)));
  }),
  'a custom gradient that is the one given': (a, b) => tf.tidy(() => {
    const c = untouched(tf.mul(a!, b!));
    return tf.sum(tf.mul(tf.add(c, untouched(c)), a!));
  }),
  'parts of a split, one of them unused': (a, b) => tf.tidy(() => {
    const [first, , third] = tf.split(tf.mul(a!, b!), 3);
    return tf.sum(tf.mul(first!, third!));
  }),
  'an input that is also the result of nothing': (a, b) => tf.tidy(() => tf.sum(tf.add(a!, tf.mul(b!, 2)))),
};

beforeAll(() => startEngine({ backend: 'simd' }));

test.each(Object.entries(losses))('%s has the value and gradients that tfjs computes, and leaves no tensor behind', (_, loss) => {
  const before = tf.memory().numTensors;
  const xs = [tf.tensor1d([1, -2, 3, 0.5, 4, -1]), tf.tensor1d([0.3, 2, -1, 5, 1, 2])];
  const [wanted, got] = [tf.valueAndGrads(loss)(xs), valueAndGrads(loss)(xs)];
  expect(got.value.dataSync()).toEqual(wanted.value.dataSync());
  expect(got.grads.map((grad) => grad.dataSync())).toEqual(wanted.grads.map((grad) => grad.dataSync()));
  tf.dispose([xs, wanted, got] as tf.TensorContainer);
  expect(tf.memory().numTensors).toBe(before);
});

test('a network has the same gradients, in less memory', () => {
  const net = benchNet(2);
  const x: tf.Tensor4D = tf.randomNormal([16, 16, 16, 1], 0, 1, 'float32', 3);
  const names = Object.keys(net.params);
  const loss: Loss = (...given) => benchLoss({ ...net, params: Object.fromEntries(names.map((name, i) => [name, given[i]])) as typeof net.params }, x, x);
  const { heap } = tf.backend() as SimdBackend;
  /** Gradients, and the peak of bytes in use. */
  const measured = (way: (f: Loss) => (xs: tf.Tensor[]) => { value: tf.Scalar; grads: tf.Tensor[] }) => {
    let peak = 0;
    const take = heap.take.bind(heap);
    heap.take = (bytes) => {
      const address = take(bytes);
      peak = Math.max(peak, heap.used.now);
      return address;
    };
    const { value, grads } = way(loss)(Object.values(net.params));
    heap.take = take;
    const numbers = grads.map((grad) => grad.dataSync());
    tf.dispose([value, grads]);
    return { numbers, peak };
  };
  const [wanted, got] = [measured(tf.valueAndGrads as never), measured(valueAndGrads)];
  expect(got.numbers).toEqual(wanted.numbers);
  expect(got.peak).toBeLessThan(0.75 * wanted.peak);
  tf.dispose([x, net.params] as tf.TensorContainer);
});

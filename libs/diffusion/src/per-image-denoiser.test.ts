import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { denoiserOf } from './denoiser.js';
import type { DenoiserOptions } from './denoiser.js';
import type { Network } from './network.js';
import { perImageDenoiserOf } from './per-image-denoiser.js';

const sigmas = [0.02, 0.7, 11];
const network: Network = (x, { level }) => tf.tidy(() => tf.tanh(tf.add(tf.mul(x, 0.8), tf.reshape(tf.mul(level, 0.3), [-1, 1, 1, 1]))) as Tensor4D);
const imageOf = (y: Tensor4D, i: number): Tensor4D => tf.slice(y, [i, 0, 0, 0], [1, -1, -1, -1]);

describe.each(['eps', 'x0', 'v', 'edm'] as const)('a %s network called at one level per image', (kind) => {
  it.each(['none', 'analytic', 'per-sample'] as const)('gives the result that it gives for each image alone, normalisation %s', (normalisation) => {
    const options: DenoiserOptions = { kind, b: 0.7, sigmaData: 0.6, normalisation, conditioning: (sigma) => Math.log(sigma) / 4 };
    const before = tf.memory().numTensors;
    const y: Tensor4D = tf.tensor4d(Array.from({ length: 12 }, (_, i) => Math.sin(7 * i) * 4), [3, 2, 2, 1]);
    const together = perImageDenoiserOf(network, options)(y, sigmas);
    sigmas.forEach((sigma, i) => {
      const alone = tf.tidy(() => denoiserOf(network, options)(imageOf(y, i), sigma).dataSync());
      const found = tf.tidy(() => imageOf(together, i).dataSync());
      alone.forEach((value, pixel) => expect(found[pixel]).toBeCloseTo(value, 5));
    });
    tf.dispose([y, together]);
    expect(tf.memory().numTensors).toBe(before);
  });
});

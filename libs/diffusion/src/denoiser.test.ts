import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { clamped } from './clamped.fixture.js';
import { counted, denoiserOf } from './denoiser.js';
import type { Denoiser, DenoiserOptions } from './denoiser.js';
import type { Network } from './network.js';
import { mixed, targetCoefficients, trainingLoss } from './losses.js';
import type { TrainingBatch } from './losses.js';
import { noiseSource } from './noise.js';
import { scalings } from './preconditioning.js';
import type { Normalisation, Parameterisation } from './preconditioning.js';

const kinds: Parameterisation[] = ['eps', 'x0', 'v', 'edm', 'flow'];
const normalisations: Normalisation[] = ['none', 'analytic', 'per-sample'];
const sigmas = [0.05, 0.8, 6];
const options = (kind: Parameterisation, normalisation: Normalisation): DenoiserOptions => ({ kind, normalisation, b: 0.4, sigmaData: 0.66, conditioning: (sigma) => Math.log(sigma) / 4 });

/** Images with a mean far from zero, as real ones have. */
function batchOf(seed: number): TrainingBatch {
  const noise = noiseSource([seed, seed + 1, seed + 2], [3, 3, 2]);
  return { x0: tf.tidy(() => tf.sub(tf.mul(noise.next(), 0.5), 0.56)) as Tensor4D, eps: noise.next(), sigmas };
}

const image = (batch: Tensor4D, i: number) => tf.slice(batch, [i, 0, 0, 0], [1, -1, -1, -1]);
const largest = (a: tf.Tensor, b: tf.Tensor) => tf.tidy(() => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!);

let before = 0;
beforeEach(() => { before = tf.memory().numTensors; });
afterEach(() => expect(tf.memory().numTensors).toBe(before));

describe.each(kinds)('a network of kind %s', (kind) => {
  it.each(normalisations)('that meets its target is a denoiser that knows x0 (%s)', (normalisation) => tf.tidy(() => {
    const { x0, eps } = batchOf(1);
    const target = mixed({ x0, eps }, targetCoefficients(sigmas, options(kind, normalisation)));
    sigmas.forEach((sigma, i) => {
      const denoiser = denoiserOf(() => image(target, i), options(kind, normalisation));
      const y = tf.add(image(x0, i), tf.mul(image(eps, i), sigma)) as Tensor4D;
      // float32: y reaches 20, so its last digit is worth 2e-6
      expect(largest(denoiser(y, sigma), image(x0, i))).toBeLessThan(sigma > 1 ? 5e-6 : 1e-6);
    });
  }));

  it.each(normalisations)('sees the same input and scalar in training and in sampling (%s)', (normalisation) => tf.tidy(() => {
    const { x0, eps } = batchOf(4);
    let training: { x: Tensor4D; c: tf.Tensor1D } | undefined;
    trainingLoss((x, { level: c }) => {
      training = { x: tf.keep(tf.clone(x)), c: tf.keep(tf.clone(c)) };
      return tf.zerosLike(x);
    }, { x0, eps, sigmas }, options(kind, normalisation));
    sigmas.forEach((sigma, i) => {
      const network: Network = (x, { level: c }) => {
        expect(largest(x, image(training!.x, i))).toBeLessThan(2e-6);
        expect(c.dataSync()[0]).toBe(training!.c.dataSync()[i]);
        return tf.zerosLike(x);
      };
      denoiserOf(network, options(kind, normalisation))(tf.add(image(x0, i), tf.mul(image(eps, i), sigma)), sigma);
    });
    tf.dispose([training!.x, training!.c]);
  }));

  it('has a loss of its target\'s mean square when its output is 0, and of 0 when its output is right', () => tf.tidy(() => {
    const batch = batchOf(7);
    const target = mixed(batch, targetCoefficients(sigmas, options(kind, 'analytic')));
    const silent = trainingLoss((x) => tf.zerosLike(x), batch, options(kind, 'analytic')).dataSync()[0]!;
    expect(silent).toBeCloseTo(tf.mean(tf.square(target)).dataSync()[0]!, 6);
    expect(trainingLoss(() => target, batch, options(kind, 'analytic')).dataSync()[0]).toBe(0);
  }));

  it('whose output is that of the best denoiser of Gaussian data gives that denoiser back', () => tf.tidy(() => {
    const { mean, std } = { mean: -0.5, std: 0.66 };
    const best: Denoiser = (y, sigma) => tf.div(tf.add(tf.mul(y, std ** 2), sigma ** 2 * mean), sigma ** 2 + std ** 2);
    const { x0: y } = batchOf(9);
    for (const sigma of sigmas) {
      const { cSkip, cOut, cIn } = scalings(kind, sigma, options(kind, 'none'));
      const network: Network = (x) => {
        const given = tf.div(x, cIn) as Tensor4D;
        return tf.div(tf.sub(best(given, sigma), tf.mul(given, cSkip)), cOut);
      };
      expect(largest(denoiserOf(network, options(kind, 'none'))(y, sigma), best(y, sigma))).toBeLessThan(2e-6);
    }
  }));
});

describe('per-sample normalisation', () => {
  it('gives the network each image divided by its own standard deviation, and the sampler the image as it was', () => tf.tidy(() => {
    const { x0 } = batchOf(12);
    const network: Network = (x) => {
      const { variance } = tf.moments(x, [1, 2, 3]);
      for (const value of variance.dataSync()) expect(value).toBeCloseTo(1, 5);
      return tf.zerosLike(x);
    };
    expect(largest(denoiserOf(network, options('eps', 'per-sample'))(x0, 0.8), x0)).toBe(0);
  }));

  it('keeps an image of one colour finite', () => tf.tidy(() => {
    const flat: Tensor4D = tf.fill([1, 2, 2, 1], 0);
    const x0 = denoiserOf((x) => x, options('x0', 'per-sample'))(flat, 0.8);
    expect(Array.from(x0.dataSync())).toEqual([0, 0, 0, 0]);
  }));
});

describe('wrappers', () => {
  const plain: Denoiser = (y) => tf.clone(y);

  it('clamp x0-hat to a range', async () => {
    const y = tf.tensor4d([-3, -0.5, 0.5, 3], [1, 2, 2, 1]);
    const x0 = await clamped(plain, -1, 1)(y, 1);
    expect(Array.from(x0.dataSync())).toEqual([-1, -0.5, 0.5, 1]);
    tf.dispose([y, x0]);
  });

  it('count calls', () => tf.tidy(() => {
    const { denoiser, calls } = counted(plain);
    expect(calls()).toBe(0);
    denoiser(tf.zeros([1, 1, 1, 1]), 1);
    denoiser(tf.zeros([1, 1, 1, 1]), 1);
    expect(calls()).toBe(2);
  }));
});

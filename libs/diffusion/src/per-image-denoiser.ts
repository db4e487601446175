import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { levelTensors, normalised } from './denoiser.js';
import type { DenoiserOptions } from './denoiser.js';
import type { Network } from './network.js';
import { scalings } from './preconditioning.js';

/** x0-hat in data units for y = x0 + sigma eps, [n,h,w,c], each image at its own sigma > 0. The caller owns the result. */
export type PerImageDenoiser = (y: Tensor4D, sigmas: readonly number[]) => Tensor4D;

/** D(y; sigma) = cSkip y + cOut F(cIn y; level) as in denoiserOf, with one sigma per image; the network is called once for the batch. */
export function perImageDenoiserOf(network: Network, options: DenoiserOptions): PerImageDenoiser {
  return (y, sigmas) => tf.tidy(() => {
    const each = sigmas.map((sigma) => scalings(options.kind, sigma, options));
    const input = normalised(scaled(y, each.map(({ cIn }) => cIn)), options.normalisation);
    const output = network(input, levelTensors(sigmas.map((sigma) => options.conditioning(sigma)), options));
    return tf.add(scaled(y, each.map(({ cSkip }) => cSkip)), scaled(output, each.map(({ cOut }) => cOut)));
  });
}

/** Images [n,h,w,c], each multiplied by its own number. */
export function scaled(images: Tensor4D, factors: readonly number[]): Tensor4D {
  return tf.tidy(() => tf.mul(images, tf.tensor4d([...factors], [factors.length, 1, 1, 1])));
}

import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { normalised } from './denoiser.js';
import type { DenoiserOptions } from './denoiser.js';
import { lossWeight } from './loss-weights.js';
import type { LossWeightShape } from './loss-weights.js';
import type { Network } from './network.js';
import { fTarget, scalings } from './preconditioning.js';

export interface TrainingBatch {
  /** Clean images in data units, [n,h,w,c]. */
  x0: Tensor4D;
  /** Unit noise, [n,h,w,c]. */
  eps: Tensor4D;
  /** One noise level per image, > 0. */
  sigmas: readonly number[];
  /** If the network is conditioned on classes: [n,classes], see oneHot. */
  label?: Tensor2D | undefined;
  /** If images are augmented and the network is conditioned on the augmentation: see Condition. */
  augmentation?: Tensor2D | undefined;
}

/** One float64 weight per image for each of x0 and eps. */
export interface PerImage {
  x0: readonly number[];
  eps: readonly number[];
}

/** cIn y = cIn x0 + cIn sigma eps, as weights. */
function inputCoefficients(sigmas: readonly number[], options: DenoiserOptions): PerImage {
  const cIn = sigmas.map((sigma) => scalings(options.kind, sigma, options).cIn);
  return { x0: cIn, eps: cIn.map((scale, i) => scale * sigmas[i]!) };
}

/** The network's own target (eps, b x0, v, EDM's F or the flow's velocity), as weights. */
export function targetCoefficients(sigmas: readonly number[], options: DenoiserOptions): PerImage {
  const targets = sigmas.map((sigma) => fTarget(options.kind, sigma, options));
  return { x0: targets.map((target) => target.x0), eps: targets.map((target) => target.eps) };
}

/** Images [n,h,w,c] as rows [n, h w c], each multiplied by its own value. */
function scaledRows(images: Tensor4D, values: readonly number[]): Tensor2D {
  const n = images.shape[0];
  return tf.mul(tf.reshape(images, [n, -1]), tf.tensor2d([...values], [n, 1]));
}

/** weights.x0 * x0 + weights.eps * eps, per image; owned by the caller. */
export function mixed({ x0, eps }: Pick<TrainingBatch, 'x0' | 'eps'>, weights: PerImage): Tensor4D {
  return tf.tidy(() => tf.reshape(tf.add(scaledRows(x0, weights.x0), scaledRows(eps, weights.eps)), x0.shape));
}

/**
 * Mean squared error on the network's own target, over all pixels of the batch, weighted per image (lossWeight);
 * differentiable in the network's weights. With 'uniform' it is Chen 2023's loss for 'eps', and for 'edm' EDM's with
 * lambda = 1/cOut^2 (EDM, eq. 8). Levels are drawn by the caller, and the weights are not divided by their density.
 */
export function trainingLoss(network: Network, batch: TrainingBatch, options: DenoiserOptions, weight: LossWeightShape = { kind: 'uniform' }): Scalar {
  return tf.tidy(() => {
    const input = normalised(mixed(batch, inputCoefficients(batch.sigmas, options)), options.normalisation);
    const output = network(input, { level: tf.tensor1d(batch.sigmas.map(options.conditioning)), label: batch.label, augmentation: batch.augmentation });
    const errors = tf.square(tf.sub<Tensor4D>(output, mixed(batch, targetCoefficients(batch.sigmas, options))));
    if (weight.kind === 'uniform') return tf.mean(errors);
    return tf.mean(scaledRows(errors, batch.sigmas.map((sigma) => lossWeight(weight, sigma, options))));
  });
}

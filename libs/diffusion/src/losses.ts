import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { levelTensors, normalised } from './denoiser.js';
import type { DenoiserOptions } from './denoiser.js';
import { uncertaintyOf } from './level-uncertainty.js';
import { lossWeight } from './loss-weights.js';
import type { LossWeightShape } from './loss-weights.js';
import type { Network } from './network.js';
import type { Weights } from './parameters.js';
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

/** One number per image, [n,1]. */
const column = (values: readonly number[]): Tensor2D => tf.tensor2d([...values], [values.length, 1]);

/** Images [n,h,w,c] as rows [n, h w c], each multiplied by its own value, [n,1]. */
function scaledRows(images: Tensor4D, values: Tensor2D): Tensor2D {
  return tf.mul(tf.reshape(images, [images.shape[0], -1]), values);
}

/** The same for weights [n,1] that are tensors. */
function mixedBy({ x0, eps }: Pick<TrainingBatch, 'x0' | 'eps'>, weights: { x0: Tensor2D; eps: Tensor2D }): Tensor4D {
  return tf.tidy(() => tf.reshape(tf.add(scaledRows(x0, weights.x0), scaledRows(eps, weights.eps)), x0.shape));
}

/** weights.x0 * x0 + weights.eps * eps, per image; owned by the caller. */
export function mixed(images: Pick<TrainingBatch, 'x0' | 'eps'>, weights: PerImage): Tensor4D {
  return tf.tidy(() => mixedBy(images, { x0: column(weights.x0), eps: column(weights.eps) }));
}

/** Everything that a batch's loss is computed from, as tensors: the same computation serves every batch of this shape. */
export interface LossTensors extends Omit<TrainingBatch, 'sigmas'> {
  /** Weights of the network's input, [n,1]. */
  inputX0: Tensor2D;
  inputEps: Tensor2D;
  /** Weights of its target, [n,1]. */
  targetX0: Tensor2D;
  targetEps: Tensor2D;
  /** What it is conditioned on, [n]. */
  level: Tensor1D;
  /** Its sinusoids, where they are computed on the host: see Condition. */
  waves?: Tensor2D;
  /** On the squared error, [n,1]; absent: 1. */
  errorWeight?: Tensor2D;
  /** Where the weight is learned: what its head is a function of, [n,channels]. */
  levelFeatures?: Tensor2D;
}

/** The numbers of a batch's noise levels beside its own tensors; all owned by the caller. */
export function lossTensors({ sigmas, ...tensors }: TrainingBatch, options: DenoiserOptions, weight: LossWeightShape = { kind: 'uniform' }): LossTensors {
  const features = uncertaintyOf(weight)?.features(sigmas);
  const [input, target] = [inputCoefficients(sigmas, options), targetCoefficients(sigmas, options)];
  return {
    ...tensors, inputX0: column(input.x0), inputEps: column(input.eps), targetX0: column(target.x0), targetEps: column(target.eps), ...levelTensors(sigmas.map(options.conditioning), options),
    ...(weight.kind !== 'uniform' && { errorWeight: column(sigmas.map((sigma) => lossWeight(weight, sigma, options))) }),
    ...(features && { levelFeatures: features }),
  };
}

/**
 * Mean squared error on the network's own target, over all pixels of the batch, weighted per image (lossWeight);
 * differentiable in the network's weights. With 'uniform' it is Chen 2023's loss for 'eps', and for 'edm' EDM's with
 * lambda = 1/cOut^2 (EDM, eq. 8). Levels are drawn by the caller, and the weights are not divided by their density.
 * A weight that is learned is here as it starts: its head takes part through `lossFrom`.
 */
export function trainingLoss(network: Network, batch: TrainingBatch, options: DenoiserOptions, weight: LossWeightShape = { kind: 'uniform' }): Scalar {
  return tf.tidy(() => lossFrom(network, lossTensors(batch, options, weight), options.normalisation));
}

/** The logarithm of the loss at each image's level, [n,1], by the head of a learned weight; undefined for any other. */
export function logVarianceOf(weight: LossWeightShape, weights: Weights, { levelFeatures }: Pick<LossTensors, 'levelFeatures'>): Tensor2D | undefined {
  return levelFeatures && uncertaintyOf(weight)?.of(weights, levelFeatures);
}

/** The same from tensors; with u = `logVariance`, [n,1], the error of each image is divided by e^u, and u is added. */
export function lossFrom(network: Network, tensors: LossTensors, normalisation: DenoiserOptions['normalisation'], logVariance?: Tensor2D): Scalar {
  return tf.tidy(() => {
    const { inputX0, inputEps, targetX0, targetEps, level, waves, label, augmentation, errorWeight } = tensors;
    const input = normalised(mixedBy(tensors, { x0: inputX0, eps: inputEps }), normalisation);
    const output = network(input, { level, waves, label, augmentation });
    const errors = tf.square(tf.sub<Tensor4D>(output, mixedBy(tensors, { x0: targetX0, eps: targetEps })));
    if (logVariance && errorWeight) return tf.add(tf.mean(scaledRows(errors, tf.mul(errorWeight, tf.exp(tf.neg(logVariance))))), tf.mean(logVariance));
    return errorWeight ? tf.mean(scaledRows(errors, errorWeight)) : tf.mean(errors);
  });
}

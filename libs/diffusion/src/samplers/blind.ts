import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import { asyncTidy } from '../async-tidy.js';
import { gammaOf, sigmaOf } from '../levels.js';
import { gammaOfLogit } from '../noise-level-loss.js';
import { scaled } from '../per-image-denoiser.js';
import type { PerImageDenoiser } from '../per-image-denoiser.js';
import type { Denoised } from '../sampling-run.js';

/** Estimates the noise level of images: x_t [n,h,w,c] -> logit(gamma) [n]. The caller owns the result. */
export type LevelEstimator = (xt: Tensor4D) => Tensor1D;

export interface BlindOptions {
  /** Input scale of the training run. */
  b: number;
  /** At least 1: gamma-hat is clamped to [median/clamp, clamp median] of its group. 2 in the fast.ai lesson. */
  clamp: number;
  /** Number of images that share one median; default blindGroup. */
  group?: number | undefined;
}

/** A denoiser that awaits the values of the noise-level estimator. */
export type BlindDenoiser = (y: Tensor4D, sigma: number) => Promise<Required<Denoised>>;

/** Number of images that share one median. It affects the result, so it is fixed rather than the machine's batch size. */
export const blindGroup = 64;

/** Bounds of gamma-hat for any median: twice a median may exceed 1, where no noise is left. */
const bounds = { least: 1e-9, most: 1 - 1e-6 };

/**
 * A denoiser that estimates the noise level of each image: y at the sampler's sigma becomes x_t = a b y at the sampler's
 * gamma; the estimator's gamma-hat replaces that gamma, per image, in x0-hat and in the network's noise; the rest of
 * a step keeps the sampler's levels. The fast.ai lesson's "model-t" sampling, for any sampler and parameterisation.
 *
 * The median makes an image depend on its neighbours. It is taken over consecutive groups of images of the tensor given,
 * so a batch must start at a multiple of `group` in the set and contain whole groups (the set's last may be short):
 * then results do not depend on the batch size. See wholeGroups.
 */
export function blind(denoiser: PerImageDenoiser, estimator: LevelEstimator, { b, clamp, group = blindGroup }: BlindOptions): BlindDenoiser {
  return (y, sigma) => asyncTidy(async (note) => {
    const xt: Tensor4D = note(tf.mul(y, Math.sqrt(gammaOf(sigma, b)) * b));
    const logits = await note(estimator(xt)).data();
    const gammas = clampedToMedian(Array.from(logits, gammaOfLogit), { clamp, group });
    const sigmas = gammas.map((gamma) => sigmaOf(gamma, b));
    return tf.tidy(() => {
      const seen: Tensor4D = scaled(xt, gammas.map((gamma) => 1 / (Math.sqrt(gamma) * b)));
      const x0 = denoiser(seen, sigmas);
      return { x0, eps: scaled(tf.sub<Tensor4D>(seen, x0), sigmas.map((level) => 1 / level)) };
    });
  });
}

/** The smallest number of images in whole groups that holds `batch` images: the batch size of a blind sampling run. */
export function wholeGroups(batch: number, group: number = blindGroup): number {
  return Math.ceil(batch / group) * group;
}

/** Clamps each gamma to within a factor of its group's median, and to the bounds. */
export function clampedToMedian(gammas: readonly number[], { clamp, group }: { clamp: number; group: number }): number[] {
  const starts = Array.from({ length: Math.ceil(gammas.length / group) }, (_, i) => i * group);
  return starts.flatMap((start) => {
    const members = gammas.slice(start, start + group);
    const median = lowerMedian(members);
    return members.map((gamma) => clamped(clamped(gamma, median / clamp, median * clamp), bounds.least, bounds.most));
  });
}

function clamped(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

/** The middle value, or the lower of the two middle values, like torch.median. */
function lowerMedian(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)]!;
}

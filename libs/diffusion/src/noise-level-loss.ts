import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import { mixed } from './losses.js';

/** gamma is clamped to [gammaMargin, 1 - gammaMargin], so logit(gamma) to +-13.82: finite, and accurate enough in float32. */
export const gammaMargin = 1e-6;

/** Losses of constant predictions, gamma ~ U(0, 1): the logit is standard logistic, variance pi^2/3, and a constant c adds c^2. */
export const noiseLevelBaselines = {
  /** Always logit 0. */
  zero: Math.PI ** 2 / 3,
  /** Always logit 0.5, fast.ai's baseline in 22_noise-pred. */
  half: Math.PI ** 2 / 3 + 0.25,
} as const;

export interface NoiseLevelBatch {
  /** Clean images in data units, [n,h,w,c]. */
  x0: Tensor4D;
  /** Unit noise, [n,h,w,c]. */
  eps: Tensor4D;
  /** One signal power per image, in [0, 1]: drawn uniformly and directly, not through a schedule. Clamped within gammaMargin. */
  gammas: readonly number[];
}

/** ln gamma - ln(1 - gamma), gamma clamped within gammaMargin. */
export function logitOfGamma(gamma: number): number {
  const clamped = clampedGamma(gamma);
  return Math.log(clamped) - Math.log1p(-clamped);
}

/** 1/(1 + e^-logit): inverse of logitOfGamma. */
export function gammaOfLogit(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

/** Mean squared error on logit(gamma), where `predict` is given x_t = sqrt(gamma) b x0 + sqrt(1 - gamma) eps; differentiable. fast.ai, 22_noise-pred. */
export function noiseLevelLoss(predict: (xt: Tensor4D) => Tensor1D, { x0, eps, gammas }: NoiseLevelBatch, b: number): Scalar {
  return tf.tidy(() => {
    const clamped = gammas.map(clampedGamma);
    const xt = mixed({ x0, eps }, { x0: clamped.map((gamma) => b * Math.sqrt(gamma)), eps: clamped.map((gamma) => Math.sqrt(1 - gamma)) });
    return tf.mean(tf.square(tf.sub(predict(xt), tf.tensor1d(clamped.map(logitOfGamma)))));
  });
}

function clampedGamma(gamma: number): number {
  return Math.min(1 - gammaMargin, Math.max(gammaMargin, gamma));
}

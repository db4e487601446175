import * as tf from '@tensorflow/tfjs-core';
import type { ReadingDenoiser } from './denoiser.js';

/** The best denoiser of a known one-dimensional distribution: E[x0 | y], y = x0 + sigma eps, in float64. */
export type PointDenoiser = (y: number, sigma: number) => number;

export interface Normal {
  mean: number;
  std: number;
}

/** One component of a mixture; weights sum to one. std 0 is a Dirac. */
export interface Component extends Normal {
  weight: number;
}

/** E[x0 | y] of N(mean, std^2); std 0 is a Dirac. */
export function gaussianDenoiser({ mean, std }: Normal): PointDenoiser {
  return (y, sigma) => (sigma ** 2 * mean + std ** 2 * y) / (sigma ** 2 + std ** 2);
}

/** Where the probability flow of N(mean, std^2) takes y from one sigma to another. */
export function gaussianFlow({ mean, std }: Normal): (y: number, from: number, to: number) => number {
  return (y, from, to) => mean + (y - mean) * (Math.hypot(std, to) / Math.hypot(std, from));
}

/** E[x0 | y] of two Diracs of equal weight at -1 and 1. */
export function twoDiracsDenoiser(): PointDenoiser {
  return (y, sigma) => Math.tanh(y / sigma ** 2);
}

/** E[x0 | y] of a mixture of Gaussians: that of each component, weighted by its posterior probability. */
export function mixtureDenoiser(components: readonly Component[]): PointDenoiser {
  return (y, sigma) => {
    const logWeights = components.map(({ weight, mean, std }) => {
      const variance = std ** 2 + sigma ** 2;
      return Math.log(weight) - (y - mean) ** 2 / (2 * variance) - Math.log(variance) / 2;
    });
    const top = Math.max(...logWeights);
    const posterior = logWeights.map((weight) => Math.exp(weight - top));
    const total = posterior.reduce((sum, weight) => sum + weight, 0);
    return components.reduce((sum, component, i) => sum + (posterior[i]! / total) * gaussianDenoiser(component)(y, sigma), 0);
  };
}

/** A denoiser of images whose pixels are independent and identically distributed. */
export function pointwise(denoiser: PointDenoiser): ReadingDenoiser {
  return async (y, sigma) => tf.tensor4d(Float32Array.from(await y.data(), (value) => denoiser(value, sigma)), y.shape);
}

import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Weights } from './parameters.js';

/** The share of the average that outlives one update of `batch` images, so that half outlives `halfLifeImages`: 0.5^(batch/halfLife). EDM, app. F.2. */
export function decayOf(halfLifeImages: number, batch: number): number {
  return 0.5 ** (batch / halfLifeImages);
}

/** Inverse of decayOf: the half-life, in images, of an average updated with `decay` every `batch` images. */
export function halfLifeOf(decay: number, batch: number): number {
  return (batch * Math.LN2) / -Math.log(decay);
}

/** decay * average + (1 - decay) * weights, in a new array; the sum is taken in float64. */
export function averagedArray(average: Float32Array, weights: Float32Array, decay: number): Float32Array {
  return average.map((value, i) => decay * value + (1 - decay) * weights[i]!);
}

/** The same for tensors by name; new tensors, the caller's. */
export function averagedWeights(average: Weights, weights: Weights, decay: number): Record<string, Tensor> {
  const blended = (name: string, value: Tensor) => tf.tidy(() => tf.add(tf.mul(value, decay), tf.mul(weights[name]!, 1 - decay)));
  return Object.fromEntries(Object.entries(average).map(([name, value]) => [name, blended(name, value)]));
}

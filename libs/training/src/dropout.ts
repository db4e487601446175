import * as tf from '@tensorflow/tfjs-core';
import type { Dropout } from '@elucidate/diffusion/residual-block';
import { randomStream } from '@elucidate/diffusion/noise';
import { streams } from './streams.js';

export interface DropoutRequest {
  /** The fraction of features set to 0. */
  fraction: number;
  seed: number;
  step: number;
}

/**
 * Inverted dropout (Srivastava et al. 2014): each feature is set to 0 with probability `fraction`, the others are divided by 1 - fraction.
 * Which ones depends only on seed, step and block. Undefined if nothing is dropped.
 */
export function dropoutOf({ fraction, seed, step }: DropoutRequest): Dropout | undefined {
  if (fraction === 0) return undefined;
  const kept = 1 / (1 - fraction);
  return (h, name) => {
    const random = randomStream([seed, streams.dropout, step, ...Array.from(name, (letter) => letter.codePointAt(0)!)]);
    const mask = Float32Array.from({ length: h.size }, () => (random.uniform() < fraction ? 0 : kept));
    return tf.mul(h, tf.tensor4d(mask, h.shape));
  };
}

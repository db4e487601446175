import * as tf from '@tensorflow/tfjs-core';
import type { Dropout } from '@elucidate/diffusion/residual-block';
import { randomStream } from '@elucidate/diffusion/noise';
import { streams } from './streams.js';

/** The dropout of a training run. */
export interface Dropouts {
  /** The masks of a step's `count` images for the maps that the network was seen to have, under names of their own: none before the first step. The caller disposes them. */
  masks(step: number, count: number): Record<string, tf.Tensor4D>;
  /** Dropout by these masks, among other tensors; a mask that is not there is made when it is needed. Undefined if nothing is dropped. */
  of(step: number, tensors: Readonly<Record<string, unknown>>): Dropout | undefined;
}

const maskName = (block: string) => `dropout of ${block}`;

/**
 * Inverted dropout (Srivastava et al. 2014): each feature is set to 0 with probability `fraction`, the others are divided by 1 - fraction.
 * Which ones depends only on seed, step and block. Masks are tensors of the batch, so that a step can be replayed (`replayed` in libs/engine).
 */
export function dropouts({ fraction, seed }: { fraction: number; seed: number }): Dropouts {
  const kept = 1 / (1 - fraction);
  /** Of the maps without their batch, [h,w,c], by block. */
  const shapes = new Map<string, number[]>();
  const maskOf = (step: number, block: string, shape: number[]): tf.Tensor4D => {
    const random = randomStream([seed, streams.dropout, step, ...Array.from(block, (letter) => letter.codePointAt(0)!)]);
    return tf.tensor4d(Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => (random.uniform() < fraction ? 0 : kept)), shape as [number, number, number, number]);
  };
  return {
    masks: (step, count) => Object.fromEntries(Array.from(shapes, ([block, shape]) => [maskName(block), maskOf(step, block, [count, ...shape])])),
    of: (step, tensors) => (fraction === 0 ? undefined : (h, block) => {
      shapes.set(block, h.shape.slice(1));
      return tf.mul(h, (tensors[maskName(block)] as tf.Tensor4D | undefined) ?? maskOf(step, block, h.shape));
    }),
  };
}

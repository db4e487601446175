import * as tf from '@tensorflow/tfjs-core';
import type { Dropout } from '@elucidate/diffusion/residual-block';
import { maskNumbers, type MaskRequest } from './dropout-mask.js';

/** The dropout of a training run. */
export interface Dropouts {
  /** What the masks of a step's `count` images are made from, for the maps that the network was seen to have: none before the first step. */
  requests(step: number, count: number): MaskRequest[];
  /** These masks under names of their own, those in `made` from there, by block. The caller disposes them. */
  masks(step: number, count: number, made?: Readonly<Record<string, Float32Array>>): Record<string, tf.Tensor4D>;
  /** Dropout by these masks, among other tensors; a mask that is not there is made when it is needed. Undefined if nothing is dropped. */
  of(step: number, tensors: Readonly<Record<string, unknown>>): Dropout | undefined;
}

const maskName = (block: string) => `dropout of ${block}`;

/**
 * Inverted dropout (Srivastava et al. 2014): each feature is set to 0 with probability `fraction`, the others are divided by 1 - fraction.
 * Which ones depends only on seed, step and block. Masks are tensors of the batch, so that a step can be replayed (`replayed` in libs/engine).
 */
export function dropouts({ fraction, seed }: { fraction: number; seed: number }): Dropouts {
  /** Of the maps without their batch, [h,w,c], by block. */
  const shapes = new Map<string, number[]>();
  const request = (step: number, block: string, shape: readonly number[]): MaskRequest => ({ fraction, seed, step, block, size: tf.util.sizeFromShape([...shape]) });
  const maskOf = (step: number, block: string, shape: readonly number[], made?: Float32Array): tf.Tensor4D =>
    tf.tensor4d(made ?? maskNumbers(request(step, block, shape)), shape as [number, number, number, number]);
  return {
    requests: (step, count) => Array.from(shapes, ([block, shape]) => request(step, block, [count, ...shape])),
    masks: (step, count, made = {}) => Object.fromEntries(Array.from(shapes, ([block, shape]) => [maskName(block), maskOf(step, block, [count, ...shape], made[block])])),
    of: (step, tensors) => (fraction === 0 ? undefined : (h, block) => {
      shapes.set(block, h.shape.slice(1));
      return tf.mul(h, (tensors[maskName(block)] as tf.Tensor4D | undefined) ?? maskOf(step, block, h.shape));
    }),
  };
}

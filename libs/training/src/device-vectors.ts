import * as tf from '@tensorflow/tfjs-core';
import type { HostWeights } from './host-weights.js';

/** Everything a step changes, each component one long vector on the device: a dozen operations per step, however many named weights there are. */
export type Vectors = Record<'weights' | 'ema' | 'first' | 'second', tf.Tensor1D>;

/** Where the named weights are in a vector; the numbers between them are zero. */
export interface Layout {
  parts: readonly { name: string; shape: number[]; size: number; start: number }[];
  size: number;
}

/** The weights one after the other, each from a multiple of `alignment` on, by their names: those from a checkpoint come in a different order than those from the start, and the gradient's norm is a sum. */
export function layoutOf(weights: HostWeights, alignment = 1): Layout {
  let size = 0;
  const sorted = Object.entries(weights).sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = sorted.map(([name, { shape, data }]) => {
    const start = size;
    size = Math.ceil((size + data.length) / alignment) * alignment;
    return { name, shape: [...shape], size: data.length, start };
  });
  return { parts, size };
}

/** On the device, owned by the caller. */
export function packed(weights: HostWeights, { parts, size }: Layout): tf.Tensor1D {
  const all = new Float32Array(size);
  for (const { name, start } of parts) all.set(weights[name]!.data, start);
  return tf.tensor1d(all);
}

/** The named weights in a vector, in host memory. */
export async function readVector(vector: tf.Tensor1D, { parts }: Layout): Promise<HostWeights> {
  const all = await vector.data<'float32'>();
  return Object.fromEntries(parts.map(({ name, shape, size, start }) => [name, { shape, data: all.slice(start, start + size) }]));
}

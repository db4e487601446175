import * as tf from '@tensorflow/tfjs-core';

/** A float32 array with a shape, in host memory: what is optimised, saved and compared. Tensors exist only within a step. */
export interface HostTensor {
  shape: readonly number[];
  data: Float32Array;
}

/** Weights by name. The order of names is the order of initialisation. */
export type HostWeights = Readonly<Record<string, HostTensor>>;

/** Copies weights onto the current backend. The caller disposes the tensors. */
export function toTensors(weights: HostWeights): Record<string, tf.Tensor> {
  return Object.fromEntries(Object.entries(weights).map(([name, { shape, data }]) => [name, tf.tensor(data, [...shape], 'float32')]));
}

/** Copies tensors into host memory; the caller keeps ownership of the tensors. */
export async function fromTensors(tensors: Readonly<Record<string, tf.Tensor>>): Promise<HostWeights> {
  const entries = await Promise.all(Object.entries(tensors).map(async ([name, tensor]) => [name, { shape: tensor.shape, data: Float32Array.from(await tensor.data()) }] as const));
  return Object.fromEntries(entries);
}

/** An independent copy. */
export function copyWeights(weights: HostWeights): HostWeights {
  return mapWeights(weights, (data) => data.slice());
}

/** Zeros of the same names and shapes. */
export function zerosLike(weights: HostWeights): HostWeights {
  return mapWeights(weights, (data) => new Float32Array(data.length));
}

function mapWeights(weights: HostWeights, change: (data: Float32Array) => Float32Array): HostWeights {
  return Object.fromEntries(Object.entries(weights).map(([name, { shape, data }]) => [name, { shape, data: change(data) }]));
}

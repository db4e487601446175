import type { TensorInfo } from '@tensorflow/tfjs-core';

/** What a kernel is called with, by name. */
export type Inputs = Readonly<Record<string, TensorInfo>>;

/** Numbers in a tensor of this shape. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

/** An input that the kernel requires. */
export function input(inputs: Inputs, name: string): TensorInfo {
  const found = inputs[name];
  if (!found) throw new Error(`a kernel was called without its input ${name}`);
  return found;
}

import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { SimdBackend } from './simd-backend.js';

export type Inputs = Readonly<Record<string, TensorInfo>>;

export interface KernelCall {
  inputs: Inputs;
  attrs: NamedAttrMap;
  backend: SimdBackend;
}

/** A kernel over float32 inputs. Undefined: not a case it knows, the cpu backend's kernel takes it. */
export type SimdKernel = (call: KernelCall) => TensorInfo | TensorInfo[] | undefined;

export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

/** An input the kernel cannot be without. */
export function input(inputs: Inputs, name: string): TensorInfo {
  const found = inputs[name];
  if (!found) throw new Error(`a kernel was called without its input ${name}`);
  return found;
}

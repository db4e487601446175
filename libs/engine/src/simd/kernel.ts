import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { Inputs } from '../kernel-inputs.js';
import type { SimdBackend } from './simd-backend.js';

export interface KernelCall {
  inputs: Inputs;
  attrs: NamedAttrMap;
  backend: SimdBackend;
}

/** A kernel over float32 inputs. Undefined: not a case it supports; the cpu backend's kernel runs instead. */
export type SimdKernel = (call: KernelCall) => TensorInfo | TensorInfo[] | undefined;

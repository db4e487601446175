import type { KernelFunc, NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { Inputs } from '../kernel-inputs.js';
import type { GpuBackend } from './gpu-backend.js';

/** The arguments with which tfjs calls a kernel. */
export interface GpuCall<Given = Inputs> {
  inputs: Given;
  attrs: NamedAttrMap;
  backend: GpuBackend;
}

type Answer = TensorInfo | TensorInfo[];

/** A kernel of our own. */
export const kernelOf = (ours: (call: GpuCall) => Answer): KernelFunc => (call) => ours(call as unknown as GpuCall);

/** A kernel in place of tfjs's own, which runs if ours returns undefined. */
export const insteadOf = <Given>(ours: (call: GpuCall<Given>) => Answer | undefined) => (stock: KernelFunc): KernelFunc =>
  (call) => ours(call as unknown as GpuCall<Given>) ?? stock(call);

/** Kernels that replace tfjs's own, by name. */
export type Replacements = Readonly<Record<string, (stock: KernelFunc) => KernelFunc>>;

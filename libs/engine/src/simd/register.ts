import * as tf from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { registerNearestGrad } from '../nearest-grad.js';
import { registerOwnGradients } from '../own-gradients.js';
import { countKernel } from '../profile.js';
import { conv2D, conv2DBackpropFilter, conv2DBackpropInput } from './convolution.js';
import { clipByValue, elementwiseKernels } from './elementwise.js';
import type { KernelCall, SimdKernel } from './kernel.js';
import { batchMatMul } from './matrices.js';
import { castToFloat, concat, reshape, slice, splitV, transpose, upsample2x, upsample2xGrad } from './movement.js';
import { groupNormSilu, groupNormSiluGrad } from './norm.js';
import { mean, sum } from './reduction.js';
import { adamStep } from './optimiser.js';
import { resizeBilinear } from './resize.js';
import { softmax } from './softmax.js';

/** Kernels of tfjs that run on float32 tensors in WebAssembly. */
const faster: Readonly<Record<string, SimdKernel>> = {
  ...elementwiseKernels,
  Conv2D: conv2D,
  Conv2DBackpropInput: conv2DBackpropInput,
  Conv2DBackpropFilter: conv2DBackpropFilter,
  BatchMatMul: batchMatMul,
  Sum: sum,
  Mean: mean,
  Concat: concat,
  SplitV: splitV,
  Slice: slice,
  Transpose: transpose,
  Reshape: reshape,
  Identity: reshape,
};

/** Kernels whose inputs are of other dtypes. */
const fromOthers: Readonly<Record<string, SimdKernel>> = { Cast: castToFloat };

/** Kernels that only this backend has; libs/diffusion/src/ops.ts and libs/training/src/in-place-trainer.ts call them if they are registered. */
const own: Readonly<Record<string, SimdKernel>> = {
  GroupNormSilu: groupNormSilu,
  GroupNormSiluGrad: groupNormSiluGrad,
  Upsample2x: upsample2x,
  Upsample2xGrad: upsample2xGrad,
  AdamStep: adamStep,
};

/** Kernels that only WebAssembly has, not every backend over the same memory. */
export const wasmKernels: Readonly<Record<string, SimdKernel>> = { Softmax: softmax, ClipByValue: clipByValue, ResizeBilinear: resizeBilinear };

/**
 * Registers every kernel of the cpu backend under another backend's name, with the hot ones replaced, and our own. Kernels in `others`, by
 * name, take precedence over ours: they make up another backend over the same memory. Call once per process and name.
 */
export function registerSimdKernels(backendName: string, others: Readonly<Record<string, SimdKernel>> = {}): void {
  if (tf.getKernel('GroupNormSilu', backendName)) return;
  const kernels = { ...faster, ...own, ...others };
  const slow = new Map(tf.getKernelsForBackend('cpu').map(({ kernelName, kernelFunc }) => [kernelName, kernelFunc]));
  for (const kernelName of new Set([...slow.keys(), ...Object.keys(kernels), ...Object.keys(fromOthers)])) {
    const kernelFunc = counted(kernelName, fromOthers[kernelName] ?? kernels[kernelName], slow.get(kernelName));
    tf.registerKernel({ kernelName, backendName, kernelFunc });
  }
  registerNearestGrad(backendName);
  registerOwnGradients();
}

function counted(kernelName: string, kernel: SimdKernel | undefined, slow: tf.KernelFunc | undefined): tf.KernelFunc {
  const anyType = kernelName in fromOthers;
  const fallBack = (call: KernelCall) => countKernel(kernelName, 'fallbacks', () => {
    if (!slow) throw new Error(`${kernelName} takes float32 tensors only`);
    return slow(call as unknown as Parameters<tf.KernelFunc>[0]);
  });
  const run = (call: KernelCall) => countKernel(kernelName, 'all', () => {
    const fast = kernel && (anyType || Object.values(call.inputs).every(isFloat)) ? kernel({ ...call, attrs: call.attrs ?? {} }) : undefined;
    return fast ?? fallBack(call);
  });
  return run as unknown as tf.KernelFunc;
}

const isFloat = ({ dtype }: TensorInfo) => dtype === 'float32';

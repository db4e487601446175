import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { input } from '../kernel-inputs.js';
import { kernelOf } from './kernel.js';
import type { GpuCall } from './kernel.js';
import { slope } from './norm-programs.js';
import { runProgram } from './program.js';
import type { Program } from './program.js';

const value: Program = { name: 'silu', inputs: ['x'], uniforms: '', body: 'result[index] = x[index] / (1.0 + exp(-x[index]));' };

const gradient: Program = { name: 'silu_gradient', inputs: ['dy', 'x'], uniforms: '', body: `let u = x[index]; let away = dy[index]; ${slope(true)} result[index] = du;` };

/** x sigmoid(x). */
function silu({ inputs, backend }: GpuCall): TensorInfo {
  const x = input(inputs, 'x');
  return runProgram(backend, value, { inputs: [x], uniforms: [], shapes: [x.shape] })[0]!;
}

/** dy, x -> dx. */
function siluGrad({ inputs, backend }: GpuCall): TensorInfo {
  const [dy, x] = [input(inputs, 'dy'), input(inputs, 'x')];
  return runProgram(backend, gradient, { inputs: [dy, x], uniforms: [], shapes: [x.shape] })[0]!;
}

/** Kernels of libs/diffusion/src/ops.ts in WGSL. */
export const siluKernels: Readonly<Record<string, KernelFunc>> = { Silu: kernelOf(silu), SiluGrad: kernelOf(siluGrad) };

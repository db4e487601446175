import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { input } from '../kernel-inputs.js';
import { kernelOf } from './kernel.js';
import type { GpuCall } from './kernel.js';
import { gradients, normalised, partSums } from './norm-programs.js';
import { runProgram } from './program.js';
import { ints } from './uniforms.js';
import type { Uniform } from './uniforms.js';

/** Sizes of x [n,h,w,c], and the uniforms that the programs share. */
function facts({ inputs, attrs }: GpuCall): { images: number; channels: number; groups: number; silu: boolean; uniforms: Uniform[] } {
  const [images = 1, height = 1, width = 1, channels = 1] = input(inputs, 'x').shape;
  const { groups, eps, silu } = attrs as unknown as { groups: number; eps: number; silu: boolean };
  return { images, channels, groups, silu, uniforms: [ints(height * width), ints(channels), ints(groups), { type: 'float32', data: [eps] }] };
}

/** x [n,h,w,c], scale [c], bias [c] -> y like x, stats [n,groups,2] = (mean, 1/std). */
function groupNormSilu(call: GpuCall): TensorInfo[] {
  const { images, groups, silu, uniforms } = facts(call);
  const [x, scale, bias] = ['x', 'scale', 'bias'].map((name) => input(call.inputs, name)) as [TensorInfo, TensorInfo, TensorInfo];
  return runProgram(call.backend, normalised(silu), { inputs: [x, scale, bias], uniforms, shapes: [x.shape, [images, groups, 2]], items: images * groups });
}

/** dy, x, scale, bias and the forward's stats -> dx, dscale, dbias. */
function groupNormSiluGrad(call: GpuCall): TensorInfo[] {
  const { images, channels, groups, silu, uniforms } = facts(call);
  const read = ['dy', 'x', 'scale', 'bias', 'stats'].map((name) => input(call.inputs, name));
  const [dx, parts] = runProgram(call.backend, gradients(silu), {
    inputs: read, uniforms, shapes: [input(call.inputs, 'x').shape, [images, channels, 2]], items: images * groups,
  }) as [TensorInfo, TensorInfo];
  const [dbias, dscale] = runProgram(call.backend, partSums, { inputs: [parts], uniforms: [ints(images)], shapes: [[channels], [channels]] }) as [TensorInfo, TensorInfo];
  call.backend.disposeData(parts.dataId);
  return [dx, dscale, dbias];
}

/** Kernels of libs/diffusion/src/ops.ts in WGSL. */
export const normKernels: Readonly<Record<string, KernelFunc>> = { GroupNormSilu: kernelOf(groupNormSilu), GroupNormSiluGrad: kernelOf(groupNormSiluGrad) };

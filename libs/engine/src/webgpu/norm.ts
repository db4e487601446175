import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { input } from '../kernel-inputs.js';
import { kernelOf } from './kernel.js';
import type { GpuCall } from './kernel.js';
import { sumLater } from './later-sums.js';
import { gradients, normalised } from './norm-programs.js';
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

/** The same, and x itself: what uses x beside the norm can use this, so that its gradient is added by the norm's program. */
function groupNormBeside(call: GpuCall): TensorInfo[] {
  const { dataId, shape, dtype } = input(call.inputs, 'x');
  const made = groupNormSilu(call);
  call.backend.incRef(dataId);
  return [...made, { dataId, shape, dtype }];
}

/** dy, x, scale, bias, the forward's stats and, if there is one, another gradient of x -> dx, dscale, dbias. */
function groupNormSiluGrad(call: GpuCall): TensorInfo[] {
  const { images, channels, groups, silu, uniforms } = facts(call);
  const { backend, inputs: { other } } = call;
  const read = ['dy', 'x', 'scale', 'bias', 'stats'].map((name) => input(call.inputs, name));
  const [dx, parts] = runProgram(backend, gradients(silu, other !== undefined), {
    inputs: [...read, ...(other ? [other] : [])], uniforms, shapes: [input(call.inputs, 'x').shape, [images, 2, channels]], items: images * groups,
  }) as [TensorInfo, TensorInfo];
  const [dbias, dscale] = [0, channels].map((first) => sumLater(backend, parts, { first, stride: 2 * channels, count: images, size: channels }));
  backend.disposeData(parts.dataId);
  return [dx, dscale!, dbias!];
}

/** Kernels of libs/diffusion/src/ops.ts in WGSL. */
export const normKernels: Readonly<Record<string, KernelFunc>> = { GroupNormSilu: kernelOf(groupNormSilu), GroupNormBeside: kernelOf(groupNormBeside), GroupNormSiluGrad: kernelOf(groupNormSiluGrad) };

import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { input } from '../kernel-inputs.js';
import { kernelOf } from './kernel.js';
import type { GpuCall } from './kernel.js';
import { runProgram } from './program.js';
import type { Program } from './program.js';
import { ints } from './uniforms.js';

/** Of the smaller image. */
const uniforms = 'width : i32, channels : i32,';

/** (y, x, channel) of number `index` in images of the given number of columns; rows are counted through all images. */
const positionIn = (columns: string) => `
  let pixel = index / uniforms.channels;
  let channel = index - pixel * uniforms.channels;
  let row = pixel / (${columns});
  let column = pixel - row * (${columns});`;

/** Each pixel twice along both sides: an image's rows come in pairs, so all images are one high one. */
const doubled: Program = {
  name: 'upsample', inputs: ['x'], uniforms,
  body: `${positionIn('2 * uniforms.width')} result[index] = x[((row / 2) * uniforms.width + column / 2) * uniforms.channels + channel];`,
};

/** The sum of the four pixels that a pixel was copied to. */
const gathered: Program = {
  name: 'upsample_gradient', inputs: ['dy'], uniforms,
  body: `${positionIn('uniforms.width')}
  let across = 2 * uniforms.width * uniforms.channels;
  let first = 2 * row * across + 2 * column * uniforms.channels + channel;
  result[index] = (dy[first] + dy[first + uniforms.channels]) + (dy[first + across] + dy[first + across + uniforms.channels]);`,
};

/** x [n,h,w,c] -> [n,2h,2w,c]. */
function upsample2x({ inputs, backend }: GpuCall): TensorInfo {
  const x = input(inputs, 'x');
  const [n, h, w, c] = x.shape as [number, number, number, number];
  return runProgram(backend, doubled, { inputs: [x], uniforms: [ints(w), ints(c)], shapes: [[n, 2 * h, 2 * w, c]] })[0]!;
}

/** dy [n,2h,2w,c] -> dx [n,h,w,c]. */
function upsample2xGrad({ inputs, backend }: GpuCall): TensorInfo {
  const dy = input(inputs, 'dy');
  const [n, h, w, c] = dy.shape as [number, number, number, number];
  return runProgram(backend, gathered, { inputs: [dy], uniforms: [ints(w / 2), ints(c)], shapes: [[n, h / 2, w / 2, c]] })[0]!;
}

/** Kernels of libs/diffusion/src/ops.ts in WGSL. */
export const resizeKernels: Readonly<Record<string, KernelFunc>> = { Upsample2x: kernelOf(upsample2x), Upsample2xGrad: kernelOf(upsample2xGrad) };

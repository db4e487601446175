import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { input } from '../kernel-inputs.js';
import { kernelOf } from './kernel.js';
import type { GpuCall } from './kernel.js';
import { runProgram } from './program.js';
import type { Program } from './program.js';
import { addUp, lanes } from './workgroup-sum.js';
import { ints } from './uniforms.js';

const uniforms = 'pixels : i32, channels : i32,';

const added: Program = {
  name: 'add_per_image', inputs: ['x', 'v'], uniforms,
  body: `
  let image = index / (uniforms.pixels * uniforms.channels);
  result[index] = x[index] + v[image * uniforms.channels + index % uniforms.channels];`,
};

/** Adjacent channels that a workgroup handles, so that neighbouring threads read neighbouring numbers. */
const abreast = 16;

/** The sums over the pixels of so many channels of an image. */
const summed: Program = {
  name: 'sum_per_image', inputs: ['dy'], uniforms, lanes,
  declarations: `var<workgroup> sums : array<f32, ${lanes}>;`,
  body: `
  let blocks = (uniforms.channels + ${abreast - 1}) / ${abreast};
  let image = item / blocks;
  let channel = (item % blocks) * ${abreast} + lane % ${abreast};
  let inside = channel < uniforms.channels && image * uniforms.channels < uniforms.size;
  var own = 0.0;
  for (var pixel = lane / ${abreast}; pixel < select(0, uniforms.pixels, inside); pixel = pixel + ${lanes / abreast}) {
    own = own + dy[(image * uniforms.pixels + pixel) * uniforms.channels + channel];
  }
  ${addUp('own', abreast)}
  if (lane < ${abreast} && inside) { result[image * uniforms.channels + channel] = sums[lane]; }`,
};

/** x [n,h,w,c] and v [n,c] -> x with v added to every pixel. */
function addPerImage({ inputs, backend }: GpuCall): TensorInfo {
  const [x, v] = [input(inputs, 'x'), input(inputs, 'v')];
  const [, h, w, c] = x.shape as [number, number, number, number];
  return runProgram(backend, added, { inputs: [x, v], uniforms: [ints(h * w), ints(c)], shapes: [x.shape] })[0]!;
}

/** dy [n,h,w,c] -> its sums over pixels, [n,c]. */
function sumPerImage({ inputs, backend }: GpuCall): TensorInfo {
  const dy = input(inputs, 'dy');
  const [n, h, w, c] = dy.shape as [number, number, number, number];
  return runProgram(backend, summed, { inputs: [dy], uniforms: [ints(h * w), ints(c)], shapes: [[n, c]], items: n * Math.ceil(c / abreast) })[0]!;
}

/** Kernels of libs/diffusion/src/ops.ts in WGSL. */
export const perImageKernels: Readonly<Record<string, KernelFunc>> = { AddPerImage: kernelOf(addPerImage), SumPerImage: kernelOf(sumPerImage) };

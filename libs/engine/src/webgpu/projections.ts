import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { Pair } from '../convolution-geometry.js';
import { input } from '../kernel-inputs.js';
import { convolveOfFixedShape } from './convolution.js';
import { filtersOfFixedShape } from './filter-gradient.js';
import { kernelOf } from './kernel.js';
import type { GpuCall } from './kernel.js';

/** Several matrices applied to the same rows, in one program, and in one or two each for the gradients of the rows and of the matrices. */

const count = 3;

const named = (inputs: GpuCall['inputs'], name: string): TensorInfo[] => Array.from({ length: count }, (_, i) => inputs[`${name}${i}`]).filter((tensor) => tensor !== undefined);

/** Tokens as pixels of an image one pixel wide. */
const pixels = (tokens: number) => ({ taps: [1, 1] as Pair, read: [tokens, 1] as Pair, written: [tokens, 1] as Pair, step: [1, 1] as Pair, before: [0, 0] as Pair });

/** x [n,t,in], kernel0 to kernel2 [in,out], both multiples of 32, and none or all of bias0 to bias2 [out] -> [n,t,3 out]. */
function projections({ inputs, backend }: GpuCall): TensorInfo {
  const x = input(inputs, 'x');
  const [images, tokens, channels] = x.shape as [number, number, number];
  const [kernels, biases] = [named(inputs, 'kernel'), named(inputs, 'bias')];
  const columns = count * kernels[0]!.shape[1]!;
  const y = convolveOfFixedShape(backend, [x, ...kernels], { images, channels, columns, ...pixels(tokens), grid: [tokens, 1], stride: [1, 1], shift: [0, 0], reversed: false, filters: count }, { added: biases.length > 0 ? ['bias'] : [], tensors: biases });
  return { ...y, shape: [images, tokens, columns] };
}

/** dy, x and the kernels -> dx, those of the kernels and, if there are any, of the biases. */
function projectionsGrad({ inputs, attrs, backend }: GpuCall): TensorInfo[] {
  const [x, dy] = [input(inputs, 'x'), input(inputs, 'dy')];
  const [images, tokens, channels] = x.shape as [number, number, number];
  const columns = dy.shape[2]!;
  const dx = convolveOfFixedShape(backend, [dy, ...named(inputs, 'kernel')], { images, channels: columns, columns: channels, ...pixels(tokens), grid: [tokens, 1], stride: [1, 1], shift: [0, 0], reversed: true, filters: count });
  const others = filtersOfFixedShape(backend, [x, dy], { images, channels, columns, ...pixels(tokens), filters: count, biases: attrs.biased as boolean });
  return [{ ...dx, shape: x.shape }, ...others.map((tensor) => (tensor.shape.length === 4 ? { ...tensor, shape: tensor.shape.slice(2) } : tensor))];
}

/** Kernels of libs/diffusion/src/attention.ts in WGSL. */
export const projectionKernels: Readonly<Record<string, KernelFunc>> = { Projections: kernelOf(projections), ProjectionsGrad: kernelOf(projectionsGrad) };

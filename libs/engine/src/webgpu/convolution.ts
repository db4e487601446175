import type { KernelFunc, NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import { geometry } from '../convolution-geometry.js';
import type { ConvAttrs, Geometry, Pair } from '../convolution-geometry.js';
import { input, sizeOf } from '../kernel-inputs.js';
import { givenAddends } from './addends.js';
import { convolve, flippedFilter } from './convolution-programs.js';
import { canBeFixed, convolveFixed, sharesOf, workgroupsOf } from './fixed-convolution.js';
import type { FixedShape } from './fixed-convolution.js';
import { runProgram } from './program.js';
import type { GpuBackend } from './gpu-backend.js';
import { insteadOf, kernelOf } from './kernel.js';
import type { GpuCall, Replacements } from './kernel.js';
import { nothing, sumOfShares } from './shares.js';
import type { Added } from './shares.js';
import { slab } from './tiled-product.js';
import { busyTileFor, tilesIn } from './tiles.js';
import { ints } from './uniforms.js';

export const inFours = (channels: number) => channels % 4 === 0;

/** What a run of `convolve` or `convolveFixed` reads and writes. */
interface Windows extends FixedShape {
  images: number;
}

function convolveWindows(backend: GpuBackend, inputs: [TensorInfo, TensorInfo], windows: Windows, given: Added = nothing): TensorInfo {
  return (canBeFixed(windows) ? convolveOfFixedShape : convolveOfAnyShape)(backend, inputs, windows, given);
}

function convolveOfAnyShape(backend: GpuBackend, inputs: [TensorInfo, TensorInfo], windows: Windows, given: Added): TensorInfo {
  const { images, channels, columns, taps, read, grid, step, before, written, stride, shift } = windows;
  const product = { rows: images * sizeOf(grid), columns };
  const [inner, parts] = [sizeOf(taps) * channels, sizeOf(stride)];
  const tile = busyTileFor(product);
  const uniforms = [product.rows, columns, inner, parts, Math.ceil(inner / slab), channels, taps[1]].map((n) => ints(n));
  uniforms.push(...[read, grid, step, before, written, stride, shift].map((pair) => ints(...pair)));
  const output = [images, ...written, columns];
  // one channel at a time is rare: what is added then takes a program of its own
  const { added, tensors } = inFours(columns) ? given : nothing;
  const [y] = runProgram(backend, convolve(tile, { left: inFours(channels), right: inFours(columns) }, added), {
    inputs: [...inputs, ...tensors], uniforms, shapes: [output], items: parts * tilesIn(product, tile),
  }) as [TensorInfo];
  return added.length === given.added.length ? y : sumOfShares(backend, { ...y, shape: [1, ...output] }, output, given);
}

export function convolveOfFixedShape(backend: GpuBackend, inputs: readonly TensorInfo[], { images, ...shape }: Windows, given: Added = nothing): TensorInfo {
  const output = [images, ...shape.written, shape.columns];
  const shares = sharesOf(shape);
  const { added, tensors } = shares === 1 ? given : nothing;
  const run = { inputs: [...inputs, ...tensors], uniforms: [ints(images * sizeOf(shape.grid))], items: workgroupsOf(shape, images) };
  const [y] = runProgram(backend, convolveFixed(shape, added), { ...run, shapes: [shares === 1 ? output : [shares, ...output]] });
  return shares === 1 ? y! : sumOfShares(backend, y!, output, given);
}

/** x [n,h,w,in], filter [fh,fw,in,out] -> y. */
function forward({ inputs, attrs, backend }: GpuCall): TensorInfo | undefined {
  const [x, filter] = [input(inputs, 'x'), input(inputs, 'filter')];
  const known = knownGeometry(x.shape, filter.shape, attrs);
  return known && convolveForward(backend, [x, filter], known, nothing);
}

/** The same for what every network here has, images with channels last and a filter without holes, and with what `addends.ts` lists. */
export function convolveSum({ inputs, attrs, backend }: GpuCall): TensorInfo {
  const [x, filter] = [input(inputs, 'x'), input(inputs, 'filter')];
  return convolveForward(backend, [x, filter], knownGeometry(x.shape, filter.shape, attrs)!, givenAddends(inputs));
}

function convolveForward(backend: GpuBackend, inputs: [TensorInfo, TensorInfo], known: Geometry, given: Added): TensorInfo {
  const { batchSize: images, inChannels: channels, outChannels: columns, filterHeight, filterWidth, inHeight, inWidth, outHeight, outWidth, strideHeight, strideWidth, padInfo } = known;
  return convolveWindows(backend, inputs, {
    images, channels, columns, taps: [filterHeight, filterWidth], read: [inHeight, inWidth], grid: [outHeight, outWidth],
    step: [strideHeight, strideWidth], before: [padInfo.top, padInfo.left], written: [outHeight, outWidth], stride: [1, 1], shift: [0, 0], reversed: false, filters: 1,
  }, given);
}

/**
 * dy, filter -> dx: a convolution of dy with the filter flipped both ways, or, with a stride, several that are interleaved.
 * On Mesa's software adapter as fast as tfjs's, which shares nothing between threads; slower if the filter is large and the images
 * small, as flipping it takes two fifths of the time. A GPU should gain by reading each number once per
 * tile, and strided convolutions by skipping products with zeros.
 */
function inputGradient({ inputs, attrs, backend }: GpuCall): TensorInfo | undefined {
  const [dy, filter] = [input(inputs, 'dy'), input(inputs, 'filter')];
  const known = knownGeometry((attrs as unknown as { inputShape: number[] }).inputShape, filter.shape, attrs);
  if (!known) return undefined;
  const { batchSize: images, inChannels, outChannels, filterHeight, filterWidth, inHeight, inWidth, outHeight, outWidth, strideHeight, strideWidth, padInfo: { top, left } } = known;
  const stride: Pair = [strideHeight, strideWidth];
  const taps: Pair = [Math.ceil(filterHeight / strideHeight), Math.ceil(filterWidth / strideWidth)];
  const windows: Windows = {
    images, channels: outChannels, columns: inChannels, taps, read: [outHeight, outWidth],
    grid: [positionsOf(inHeight, top, strideHeight), positionsOf(inWidth, left, strideWidth)],
    step: [1, 1], before: [taps[0] - 1 - Math.floor(top / strideHeight), taps[1] - 1 - Math.floor(left / strideWidth)],
    written: [inHeight, inWidth], stride, shift: [top % strideHeight, left % strideWidth], reversed: false, filters: 1,
  };
  if (sizeOf(stride) === 1 && canBeFixed(windows)) return convolveWindows(backend, [dy, filter], { ...windows, reversed: true });
  const [flipped] = runProgram(backend, flippedFilter, {
    inputs: [filter], uniforms: [ints(filterHeight, filterWidth), ints(...taps), ints(...stride), ints(inChannels), ints(outChannels)],
    shapes: [[sizeOf(stride), ...taps, outChannels, inChannels]],
  }) as [TensorInfo];
  const dx = convolveWindows(backend, [dy, flipped], windows);
  backend.disposeData(flipped.dataId);
  return dx;
}

/** Rows or columns of dy, with `pad` zeros in front, from the first to the last that meets one of `size` in x. */
const positionsOf = (size: number, pad: number, stride: number) => Math.floor((size - 1 + pad) / stride) - Math.floor(pad / stride) + 1;

/** Undefined for channels-first images and dilated filters. */
export function knownGeometry(inShape: readonly number[], filterShape: readonly number[], attrs: NamedAttrMap): Geometry | undefined {
  const found = geometry(inShape, filterShape, attrs as unknown as ConvAttrs);
  return found?.dilationHeight === 1 && found.dilationWidth === 1 ? found : undefined;
}

/** Kernels that replace tfjs's own, each falling back to it for cases it does not support. */
export const convolutionKernels: Replacements = { Conv2D: insteadOf(forward), Conv2DBackpropInput: insteadOf(inputGradient) };

/** A kernel of libs/diffusion/src/ops.ts in WGSL. */
export const sumKernels: Readonly<Record<string, KernelFunc>> = { ConvolveSum: kernelOf(convolveSum) };

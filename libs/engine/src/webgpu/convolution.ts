import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import { geometry } from '../convolution-geometry.js';
import type { ConvAttrs, Geometry, Pair } from '../convolution-geometry.js';
import { input, sizeOf } from '../kernel-inputs.js';
import { convolve, filterParts, partsTogether, flippedFilter } from './convolution-programs.js';
import { canBeFixed, convolveFixed, sharesOf, workgroupsOf } from './fixed-convolution.js';
import type { FixedShape } from './fixed-convolution.js';
import { filterCanBeFixed, filterFixed, partsOf } from './fixed-filter-gradient.js';
import type { FilterShape } from './fixed-filter-gradient.js';
import { runProgram } from './program.js';
import type { GpuBackend } from './gpu-backend.js';
import { insteadOf } from './kernel.js';
import type { GpuCall, Replacements } from './kernel.js';
import { slab } from './tiled-product.js';
import { busyTileFor, tileFor, tilesIn } from './tiles.js';
import { ints } from './uniforms.js';

const inFours = (channels: number) => channels % 4 === 0;

/** What a run of `convolve` or `convolveFixed` reads and writes. */
interface Windows extends FixedShape {
  images: number;
}

function convolveWindows(backend: GpuBackend, inputs: [TensorInfo, TensorInfo], windows: Windows): TensorInfo {
  return (canBeFixed(windows) ? convolveOfFixedShape : convolveOfAnyShape)(backend, inputs, windows);
}

function convolveOfAnyShape(backend: GpuBackend, inputs: [TensorInfo, TensorInfo], windows: Windows): TensorInfo {
  const { images, channels, columns, taps, read, grid, step, before, written, stride, shift } = windows;
  const product = { rows: images * sizeOf(grid), columns };
  const [inner, parts] = [sizeOf(taps) * channels, sizeOf(stride)];
  const tile = busyTileFor(product);
  const uniforms = [product.rows, columns, inner, parts, Math.ceil(inner / slab), channels, taps[1]].map((n) => ints(n));
  uniforms.push(...[read, grid, step, before, written, stride, shift].map((pair) => ints(...pair)));
  const [y] = runProgram(backend, convolve(tile, { left: inFours(channels), right: inFours(columns) }), {
    inputs, uniforms, shapes: [[images, ...written, columns]], items: parts * tilesIn(product, tile),
  });
  return y!;
}

function convolveOfFixedShape(backend: GpuBackend, inputs: [TensorInfo, TensorInfo], { images, ...shape }: Windows): TensorInfo {
  const output = [images, ...shape.written, shape.columns];
  const shares = sharesOf(shape);
  const run = { inputs, uniforms: [ints(images * sizeOf(shape.grid))], items: workgroupsOf(shape, images) };
  const [y] = runProgram(backend, convolveFixed(shape), { ...run, shapes: [shares === 1 ? output : [shares, ...output]] });
  return shares === 1 ? y! : sumOfParts(backend, y!, output);
}

/** The sum over the first dimension of `parts`, which are no longer needed. */
function sumOfParts(backend: GpuBackend, parts: TensorInfo, shape: readonly number[]): TensorInfo {
  const [whole] = runProgram(backend, partsTogether, { inputs: [parts], uniforms: [ints(parts.shape[0]!)], shapes: [shape] });
  backend.disposeData(parts.dataId);
  return whole!;
}

/** x [n,h,w,in], filter [fh,fw,in,out] -> y. */
function forward({ inputs, attrs, backend }: GpuCall): TensorInfo | undefined {
  const [x, filter] = [input(inputs, 'x'), input(inputs, 'filter')];
  const known = knownGeometry(x.shape, filter.shape, attrs);
  if (!known) return undefined;
  const { batchSize: images, inChannels: channels, outChannels: columns, filterHeight, filterWidth, inHeight, inWidth, outHeight, outWidth, strideHeight, strideWidth, padInfo } = known;
  return convolveWindows(backend, [x, filter], {
    images, channels, columns, taps: [filterHeight, filterWidth], read: [inHeight, inWidth], grid: [outHeight, outWidth],
    step: [strideHeight, strideWidth], before: [padInfo.top, padInfo.left], written: [outHeight, outWidth], stride: [1, 1], shift: [0, 0],
  });
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
  const [flipped] = runProgram(backend, flippedFilter, {
    inputs: [filter], uniforms: [ints(filterHeight, filterWidth), ints(...taps), ints(...stride), ints(inChannels), ints(outChannels)],
    shapes: [[sizeOf(stride), ...taps, outChannels, inChannels]],
  }) as [TensorInfo];
  const dx = convolveWindows(backend, [dy, flipped], {
    images, channels: outChannels, columns: inChannels, taps, read: [outHeight, outWidth],
    grid: [positionsOf(inHeight, top, strideHeight), positionsOf(inWidth, left, strideWidth)],
    step: [1, 1], before: [taps[0] - 1 - Math.floor(top / strideHeight), taps[1] - 1 - Math.floor(left / strideWidth)],
    written: [inHeight, inWidth], stride, shift: [top % strideHeight, left % strideWidth],
  });
  backend.disposeData(flipped.dataId);
  return dx;
}

/** Rows or columns of dy, with `pad` zeros in front, from the first to the last that meets one of `size` in x. */
const positionsOf = (size: number, pad: number, stride: number) => Math.floor((size - 1 + pad) / stride) - Math.floor(pad / stride) + 1;

/** Workgroups that a filter's gradient is split into: enough for a large GPU. */
const wantedWorkgroups = 512;
/** Fewest pixels worth a workgroup, and most parts worth adding up. */
const fewestPixels = 256;
const mostParts = 128;

/**
 * x, dy -> dfilter. Every number of it sums over all pixels of all images, so they are split into parts that are summed separately, then together.
 * tfjs gives each number one thread that sums all of them. From one channel to 16, a software adapter is quicker with those 144 threads;
 * a GPU would be nearly idle.
 */
function filterGradient({ inputs, attrs, backend }: GpuCall): TensorInfo | undefined {
  const [x, dy] = [input(inputs, 'x'), input(inputs, 'dy')];
  const { filterShape } = attrs as unknown as { filterShape: number[] };
  const known = knownGeometry(x.shape, filterShape, attrs);
  if (!known) return undefined;
  const { batchSize, inChannels, outChannels: columns, filterHeight, filterWidth, inHeight, inWidth, outHeight, outWidth, strideHeight, strideWidth, padInfo } = known;
  const shape: FilterShape = {
    images: batchSize, channels: inChannels, columns, taps: [filterHeight, filterWidth], read: [inHeight, inWidth], written: [outHeight, outWidth],
    step: [strideHeight, strideWidth], before: [padInfo.top, padInfo.left],
  };
  if (filterCanBeFixed(shape)) return filterOfFixedShape(backend, [x, dy], shape);
  const [rows, inner] = [filterHeight * filterWidth * inChannels, batchSize * outHeight * outWidth];
  const tile = tileFor({ rows, columns });
  const tiles = tilesIn({ rows, columns }, tile);
  const wanted = Math.min(mostParts, Math.ceil(wantedWorkgroups / tiles), Math.ceil(inner / fewestPixels));
  const slabs = Math.ceil(inner / slab / wanted);
  const parts = Math.ceil(inner / slab / slabs);
  const uniforms = [rows, columns, inner, parts, slabs, inChannels, filterWidth].map((n) => ints(n));
  uniforms.push(ints(inHeight, inWidth), ints(outHeight, outWidth), ints(strideHeight, strideWidth), ints(padInfo.top, padInfo.left));
  const program = filterParts(tile, { left: inFours(inChannels), right: inFours(columns) });
  const [sums] = runProgram(backend, program, { inputs: [x, dy], uniforms, shapes: [[parts, ...filterShape]], items: parts * tiles }) as [TensorInfo];
  return parts === 1 ? { ...sums, shape: filterShape } : sumOfParts(backend, sums, filterShape);
}

function filterOfFixedShape(backend: GpuBackend, inputs: [TensorInfo, TensorInfo], shape: FilterShape): TensorInfo {
  const { tiles, parts } = partsOf(shape);
  const filterShape = [...shape.taps, shape.channels, shape.columns];
  const [sums] = runProgram(backend, filterFixed(shape), { inputs, uniforms: [], shapes: [parts === 1 ? filterShape : [parts, ...filterShape]], items: parts * tiles }) as [TensorInfo];
  return parts === 1 ? sums : sumOfParts(backend, sums, filterShape);
}

/** Undefined for channels-first images and dilated filters. */
function knownGeometry(inShape: readonly number[], filterShape: readonly number[], attrs: NamedAttrMap): Geometry | undefined {
  const found = geometry(inShape, filterShape, attrs as unknown as ConvAttrs);
  return found?.dilationHeight === 1 && found.dilationWidth === 1 ? found : undefined;
}

/** Kernels that replace tfjs's own, each falling back to it for cases it does not support. */
export const convolutionKernels: Replacements = { Conv2D: insteadOf(forward), Conv2DBackpropInput: insteadOf(inputGradient), Conv2DBackpropFilter: insteadOf(filterGradient) };

import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { input, sizeOf } from '../kernel-inputs.js';
import { filterParts } from './convolution-programs.js';
import { inFours, knownGeometry } from './convolution.js';
import { filterCanBeFixed, filterFixed, partsOf, sizesOf } from './fixed-filter-gradient.js';
import type { FilterShape } from './fixed-filter-gradient.js';
import type { GpuBackend } from './gpu-backend.js';
import { insteadOf, kernelOf } from './kernel.js';
import type { GpuCall, Replacements } from './kernel.js';
import { sumLater } from './later-sums.js';
import { runProgram } from './program.js';
import { sumRows } from './sum-rows.js';
import { slab } from './tiled-product.js';
import { tileFor, tilesIn } from './tiles.js';
import { ints } from './uniforms.js';

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
  const shape = shapeOf(x, attrs);
  if (!shape) return undefined;
  return filterCanBeFixed(shape) ? filtersOfFixedShape(backend, [x, dy], shape)[0] : filterOfAnyShape(backend, [x, dy], shape);
}

/** x, dy -> dfilter and dbias of a convolution with a bias. */
function filterAndBias({ inputs, attrs, backend }: GpuCall): TensorInfo[] {
  const [x, dy] = [input(inputs, 'x'), input(inputs, 'dy')];
  const shape = { ...shapeOf(x, attrs)!, biases: true };
  return filterCanBeFixed(shape) ? filtersOfFixedShape(backend, [x, dy], shape) : [filterOfAnyShape(backend, [x, dy], shape), sumRows(backend, dy)];
}

function shapeOf(x: TensorInfo, attrs: GpuCall['attrs']): FilterShape | undefined {
  const known = knownGeometry(x.shape, (attrs as unknown as { filterShape: number[] }).filterShape, attrs);
  return known && {
    images: known.batchSize, channels: known.inChannels, columns: known.outChannels, taps: [known.filterHeight, known.filterWidth], read: [known.inHeight, known.inWidth],
    written: [known.outHeight, known.outWidth], step: [known.strideHeight, known.strideWidth], before: [known.padInfo.top, known.padInfo.left], filters: 1, biases: false,
  };
}

function filterOfAnyShape(backend: GpuBackend, inputs: [TensorInfo, TensorInfo], { images, channels, columns, taps, read, written, step, before }: FilterShape): TensorInfo {
  const filterShape = [...taps, channels, columns];
  const [rows, inner] = [sizeOf(taps) * channels, images * sizeOf(written)];
  const tile = tileFor({ rows, columns });
  const tiles = tilesIn({ rows, columns }, tile);
  const wanted = Math.min(mostParts, Math.ceil(wantedWorkgroups / tiles), Math.ceil(inner / fewestPixels));
  const slabs = Math.ceil(inner / slab / wanted);
  const parts = Math.ceil(inner / slab / slabs);
  const uniforms = [rows, columns, inner, parts, slabs, channels, taps[1]].map((n) => ints(n));
  uniforms.push(...[read, written, step, before].map((pair) => ints(...pair)));
  const program = filterParts(tile, { left: inFours(channels), right: inFours(columns) });
  const [sums] = runProgram(backend, program, { inputs, uniforms, shapes: [[parts, ...filterShape]], items: parts * tiles }) as [TensorInfo];
  if (parts === 1) return { ...sums, shape: filterShape };
  const size = sizeOf(filterShape);
  const whole = sumLater(backend, sums, { first: 0, stride: size, count: parts, size });
  backend.disposeData(sums.dataId);
  return { ...whole, shape: filterShape };
}

/** The filters of a shape, then their biases if it wants them. */
export function filtersOfFixedShape(backend: GpuBackend, inputs: [TensorInfo, TensorInfo], shape: FilterShape): TensorInfo[] {
  const { channels, columns, taps, filters, biases } = shape;
  const { tiles, parts } = partsOf(shape);
  const each = <T>(value: T): T[] => Array.from({ length: filters }, () => value);
  const shapes = [...each([...taps, channels, columns / filters]), ...(biases ? each([columns / filters]) : [])];
  const run = { inputs, uniforms: [], items: parts * tiles };
  if (parts === 1) return runProgram(backend, filterFixed(shape), { ...run, shapes });
  const { all } = sizesOf(shape);
  const [sums] = runProgram(backend, filterFixed(shape), { ...run, shapes: [[parts, all]] }) as [TensorInfo];
  let first = 0;
  const wholes = shapes.map((whole) => {
    const size = sizeOf(whole);
    const { dataId, dtype } = sumLater(backend, sums, { first, stride: all, count: parts, size });
    first += size;
    return { dataId, dtype, shape: whole };
  });
  backend.disposeData(sums.dataId);
  return wholes;
}

export const filterGradientKernels: Replacements = { Conv2DBackpropFilter: insteadOf(filterGradient) };

/** A kernel of own-gradients.ts in WGSL. */
export const filterAndBiasKernels: Readonly<Record<string, KernelFunc>> = { ConvolveSumGrad: kernelOf(filterAndBias) };

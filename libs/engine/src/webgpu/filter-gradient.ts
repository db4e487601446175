import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { input, sizeOf } from '../kernel-inputs.js';
import { filterParts } from './convolution-programs.js';
import { inFours, knownGeometry, sumOfParts } from './convolution.js';
import { filterCanBeFixed, filterFixed, partsOf, sizesOf } from './fixed-filter-gradient.js';
import type { FilterShape } from './fixed-filter-gradient.js';
import type { GpuBackend } from './gpu-backend.js';
import { insteadOf, kernelOf } from './kernel.js';
import type { GpuCall, Replacements } from './kernel.js';
import { family, runProgram } from './program.js';
import type { Program } from './program.js';
import { sumRows } from './sum-rows.js';
import { slab } from './tiled-product.js';
import { tileFor, tilesIn } from './tiles.js';
import { ints } from './uniforms.js';
import { times } from './wgsl.js';

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
  return parts === 1 ? { ...sums, shape: filterShape } : sumOfParts(backend, sums, filterShape);
}

/** The filters of a shape, then their biases if it wants them. */
export function filtersOfFixedShape(backend: GpuBackend, inputs: [TensorInfo, TensorInfo], shape: FilterShape): TensorInfo[] {
  const { channels, columns, taps, filters, biases } = shape;
  const { tiles, parts } = partsOf(shape);
  const each = <T>(value: T): T[] => Array.from({ length: filters }, () => value);
  const shapes = [...each([...taps, channels, columns / filters]), ...(biases ? each([columns / filters]) : [])];
  const run = { inputs, uniforms: [], items: parts * tiles };
  if (parts === 1) return runProgram(backend, filterFixed(shape), { ...run, shapes });
  const [sums] = runProgram(backend, filterFixed(shape), { ...run, shapes: [[parts, sizesOf(shape).all]] }) as [TensorInfo];
  const wholes = runProgram(backend, partsOfEach(shapes.length), { inputs: [sums], uniforms: [sizesOf(shape).all, parts, ...shapes.map(sizeOf)].map((n) => ints(n)), shapes, items: Math.ceil(sizesOf(shape).all / summingLanes) });
  backend.disposeData(sums.dataId);
  return wholes;
}

const summingLanes = 64;

/** Several arrays, which follow each other in each part: the sums over the parts. */
const partsOfEach = family((count: number): Program => {
  const all = Array.from({ length: count }, (_, i) => i);
  return {
    name: `parts_of_each_${count}`, inputs: ['parts'], outputs: all.map((i) => `result${i}`), lanes: summingLanes,
    uniforms: `together : i32, count : i32, ${all.map((i) => `size${i} : i32,`).join(' ')}`,
    body: `
  let index = item * ${summingLanes} + lane;
  var sum = 0.0;
  for (var part = 0; part < select(0, uniforms.count, index < uniforms.together); part = part + 1) { sum = sum + parts[part * uniforms.together + index]; }
  var at = index;
  ${times(count, (i) => `if (at >= 0 && at < uniforms.size${i}) { result${i}[at] = sum; } at = at - uniforms.size${i};`)}`,
  };
});

export const filterGradientKernels: Replacements = { Conv2DBackpropFilter: insteadOf(filterGradient) };

/** A kernel of own-gradients.ts in WGSL. */
export const filterAndBiasKernels: Readonly<Record<string, KernelFunc>> = { ConvolveSumGrad: kernelOf(filterAndBias) };

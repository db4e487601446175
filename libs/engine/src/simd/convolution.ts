import { inOrder, kernelLayouts, kernelSizes } from '@elucidate/engine-native/kernel-layouts';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { geometry } from '../convolution-geometry.js';
import type { ConvAttrs, Geometry } from '../convolution-geometry.js';
import { input } from '../kernel-inputs.js';
import type { Images } from './images.js';
import type { KernelCall, SimdKernel } from './kernel.js';
import type { SimdBackend } from './simd-backend.js';
import { suitsWinograd, winograd, winogradFilterGradient } from './winograd.js';

/** What one tap of a filter reads: the input pixel at an offset from the position, times filter[index]. */
interface Tap {
  row: number;
  column: number;
  index: number;
}

/** One pass of assembly/convolution.ts. */
interface Pass {
  taps: Tap[];
  gridHeight: number;
  gridWidth: number;
  stepIn: [number, number];
  stepOut: [number, number];
  start: [number, number];
}

interface Side {
  from: Images;
  to: Images;
  filter: number;
  /** Filter channels exchanged: the input gradient. */
  exchanged: boolean;
}

const bytesPerWord = 4;
const planWords = kernelLayouts.ConvolvePlan.length;
const filterPlanBytes = kernelLayouts.FilterGradientPlan.length * bytesPerWord;
const { tilesTogether } = kernelSizes;
/** Nanoseconds per multiply-add, at about 30 GFLOP/s. */
const productTime = 1 / 15;
const roundUp = (n: number, to: number) => Math.ceil(n / to) * to;

/** Packs the pass's part of the filter and runs it over all images. */
function run(backend: SimdBackend, images: number, side: Side, pass: Pass): void {
  const { from, to } = side;
  const recordWords = pass.taps.length * 3;
  const panels = pass.taps.length * from.channels * roundUp(to.channels, 8);
  const work = roundUp(from.channels, 4) + roundUp(to.channels, 8) + tilesTogether * 4 * (1 + pass.taps.length);
  const head = roundUp(planWords + recordWords, 4);
  backend.withScratch((head + panels + work * backend.threads) * bytesPerWord, (plan) => {
    const records = plan + planWords * bytesPerWord;
    const panelsAt = plan + head * bytesPerWord;
    const [stepInRow, stepInColumn] = pass.stepIn, [stepOutRow, stepOutColumn] = pass.stepOut, [startRow, startColumn] = pass.start;
    backend.writeWords(plan, inOrder('ConvolvePlan', {
      x: from.address, inHeight: from.height, inWidth: from.width, inputs: from.channels, records, taps: pass.taps.length, panels: panelsAt,
      y: to.address, outHeight: to.height, outWidth: to.width, outputs: to.channels, images, gridHeight: pass.gridHeight, gridWidth: pass.gridWidth,
      stepInRow, stepInColumn, stepOutRow, stepOutColumn, startRow, startColumn, scratch: panelsAt + panels * bytesPerWord, scratchBytes: work * bytesPerWord,
    }));
    backend.writeWords(records, pass.taps.flatMap(({ row, column, index }) => [row, column, index]));
    const { kernels } = backend;
    if (side.exchanged) kernels.packFilterExchanged(side.filter, records, pass.taps.length, to.channels, from.channels, panelsAt);
    else kernels.packFilter(side.filter, records, pass.taps.length, from.channels, to.channels, panelsAt);
    const items = images * pass.gridHeight * pass.gridWidth;
    backend.run('convolve', [plan], { items, grain: 4 * tilesTogether, cost: items * panels * productTime });
  });
}

/** All taps of a filter, `at` giving where each reads; a tap for which it gives nothing is skipped. */
function tapsOf({ filterHeight, filterWidth }: Geometry, at: (row: number, column: number) => [number, number] | undefined): Tap[] {
  const taps: Tap[] = [];
  for (let row = 0; row < filterHeight; row++) {
    for (let column = 0; column < filterWidth; column++) {
      const position = at(row, column);
      if (position) taps.push({ row: position[0], column: position[1], index: row * filterWidth + column });
    }
  }
  return taps;
}

const inputImages = (g: Geometry, address: number): Images => ({ address, height: g.inHeight, width: g.inWidth, channels: g.inChannels });
const outputImages = (g: Geometry, address: number): Images => ({ address, height: g.outHeight, width: g.outWidth, channels: g.outChannels });

export const conv2D: SimdKernel = ({ inputs, attrs, backend }: KernelCall) => {
  const x = input(inputs, 'x');
  const filter = input(inputs, 'filter');
  const g = geometry(x.shape, filter.shape, attrs as unknown as ConvAttrs);
  if (!g) return undefined;
  const y = backend.output(g.outShape);
  const side: Side = { from: inputImages(g, backend.address(x)), to: outputImages(g, y.address), filter: backend.address(filter), exchanged: false };
  if (suitsWinograd(g)) {
    winograd(backend, { images: g.batchSize, ...side, top: g.padInfo.top, left: g.padInfo.left });
    return y;
  }
  run(backend, g.batchSize, side, {
    taps: tapsOf(g, (row, column) => [row * g.dilationHeight - g.padInfo.top, column * g.dilationWidth - g.padInfo.left]),
    gridHeight: g.outHeight, gridWidth: g.outWidth, stepIn: [g.strideHeight, g.strideWidth], stepOut: [1, 1], start: [0, 0],
  });
  return y;
};

/**
 * Tap f contributes to pixel p of dx from position (p + pad - f) / stride if that is an integer: with p = phase + i stride, a convolution of dy
 * over the taps that suit the phase. Stride 1 has one phase and all taps.
 */
export const conv2DBackpropInput: SimdKernel = ({ inputs, attrs, backend }: KernelCall) => {
  const dy = input(inputs, 'dy');
  const filter = input(inputs, 'filter');
  const g = geometry(attrs['inputShape'] as number[], filter.shape, attrs as unknown as ConvAttrs);
  if (!g) return undefined;
  const dx = backend.output(g.inShape);
  const side: Side = { from: outputImages(g, backend.address(dy)), to: inputImages(g, dx.address), filter: backend.address(filter), exchanged: true };
  if (suitsWinograd(g)) {
    winograd(backend, { images: g.batchSize, ...side, top: 2 - g.padInfo.top, left: 2 - g.padInfo.left });
    return dx;
  }
  const { strideHeight: down, strideWidth: across } = g;
  for (let row = 0; row < Math.min(down, g.inHeight); row++) {
    for (let column = 0; column < Math.min(across, g.inWidth); column++) {
      const taps = tapsOf(g, (r, c) => {
        const position: [number, number] = [(row + g.padInfo.top - r) / down, (column + g.padInfo.left - c) / across];
        return position.every(Number.isInteger) ? position : undefined;
      });
      const grid = { gridHeight: Math.ceil((g.inHeight - row) / down), gridWidth: Math.ceil((g.inWidth - column) / across) };
      run(backend, g.batchSize, side, { taps, ...grid, stepIn: [1, 1], stepOut: [down, across], start: [row, column] });
    }
  }
  return dx;
};

/** Images, or rows of one, whose panels fit the nearest cache together, and the bytes of those panels. */
function positionsTogether(g: Geometry): { images: number; rows: number; panelBytes: number } {
  const positions = 256;
  const images = Math.min(g.batchSize, Math.max(1, Math.floor(positions / (g.outHeight * g.outWidth))));
  const rows = images > 1 ? g.outHeight : Math.min(g.outHeight, Math.max(1, Math.floor(positions / g.outWidth)));
  const rowsIn = Math.min(g.inHeight, (rows - 1) * g.strideHeight + g.filterHeight);
  return { images, rows, panelBytes: images * (rows * g.outWidth * g.outChannels + rowsIn * g.inWidth * 4) * bytesPerWord };
}

export const conv2DBackpropFilter: SimdKernel = ({ inputs, attrs, backend }: KernelCall) => {
  const x = input(inputs, 'x');
  const dy = input(inputs, 'dy');
  const g = geometry(x.shape, attrs['filterShape'] as number[], attrs as unknown as ConvAttrs);
  if (!g) return undefined;
  const dw = backend.output(attrs['filterShape'] as number[]);
  if (suitsWinograd(g)) {
    const { top, left } = g.padInfo;
    winogradFilterGradient(backend, { images: g.batchSize, x: inputImages(g, backend.address(x)), dy: outputImages(g, backend.address(dy)), dw: dw.address, top, left });
    return dw;
  }
  const { images, rows, panelBytes } = positionsTogether(g);
  const inBlocks = Math.ceil(g.inChannels / 4);
  const items = inBlocks * g.filterHeight * g.filterWidth;
  // Every share packs dy again: there must be enough inputs to make up for that.
  const shares = Math.min(Math.max(Math.floor(inBlocks / 8), backend.threads), 4 * backend.threads);
  const products = g.batchSize * g.outHeight * g.outWidth * g.outChannels;
  backend.withScratch(filterPlanBytes + panelBytes * backend.threads, (plan) => {
    backend.writeWords(plan, inOrder('FilterGradientPlan', {
      x: backend.address(x), images: g.batchSize, inHeight: g.inHeight, inWidth: g.inWidth, inputs: g.inChannels,
      dy: backend.address(dy), outHeight: g.outHeight, outWidth: g.outWidth, outputs: g.outChannels,
      dw: dw.address, filterHeight: g.filterHeight, filterWidth: g.filterWidth, strideRow: g.strideHeight, strideColumn: g.strideWidth,
      top: g.padInfo.top, left: g.padInfo.left, imagesTogether: images, rowsTogether: rows, scratch: plan + filterPlanBytes, scratchBytes: panelBytes,
    }));
    backend.run('filterGradient', [plan], { items, grain: Math.ceil(items / shares), cost: items * 4 * products * productTime });
  });
  return dw satisfies TensorInfo;
};

import { inOrder, kernelSizes } from '@elucidate/engine-native/kernel-layouts';
import type { Geometry } from '../convolution-geometry.js';
import type { Images } from './images.js';
import type { SimdBackend } from './simd-backend.js';

const bytesPerWord = 4;
/** Nanoseconds per multiply-add, at about 45 GFLOP/s; and per number of a filter's transform. */
const productTime = 1 / 22;
const transformTime = 0.5;
/** Of either plan, rounded up to a multiple of 16. */
const planBytes = 64;
/** Positions in a tile, and its rows. */
const [components, componentRows] = [36, 6];
const padded = (bytes: number) => bytes + kernelSizes.padBytes;
/** Bytes of the nearer caches that transformed tiles may use, and the maximum number of tiles. Doubling or halving either made no difference. */
const blockBytes = 2 ** 18;
const [mostForward, mostGradient] = [32, 64];
const { betweenBytes, largeListBytes, smallListBytes } = kernelSizes;
/** Of a tile, the lists of its pixels. */
const listBytes = largeListBytes + smallListBytes;

const tilesOf = (images: number, { height, width }: Pick<Images, 'height' | 'width'>) => images * Math.ceil(height / 4) * Math.ceil(width / 4);

/** Whether assembly/winograd.ts supports a convolution: 3 x 3, stride 1, channels that fill its tiles, images whose tiles take fewer products than their taps. */
export function suitsWinograd(g: Geometry): boolean {
  return [g.filterHeight, g.filterWidth].every((size) => size === 3) && [g.strideHeight, g.strideWidth, g.dilationHeight, g.dilationWidth].every((step) => step === 1)
    && [g.inChannels, g.outChannels].every((count) => count % 8 === 0) && components * tilesOf(1, { height: g.outHeight, width: g.outWidth }) < 9 * g.outHeight * g.outWidth;
}

/** How many tiles are processed together: a multiple of 4. */
function tilesTogether(bytesPerTile: number, most: number): number {
  return Math.max(4, Math.min(most, Math.floor(blockBytes / bytesPerTile / 4) * 4));
}

export interface WinogradPass {
  images: number;
  from: Images;
  to: Images;
  /** Address of the filter, [3, 3, in, out] of the forward convolution. */
  filter: number;
  /** The input gradient: the filter's channels swapped and its taps flipped both ways. */
  exchanged: boolean;
  /** How far the filter reaches above and left of the first pixel that is written. */
  top: number;
  left: number;
}

/** y, or dx from dy. */
export function winograd(backend: SimdBackend, { images, from, to, filter, exchanged, top, left }: WinogradPass): void {
  const [inputs, outputs] = exchanged ? [to.channels, from.channels] : [from.channels, to.channels];
  const [pixelIn, pixelOut] = [from.channels * bytesPerWord, to.channels * bytesPerWord];
  const together = tilesTogether(components * (pixelIn + pixelOut), mostForward);
  const work = betweenBytes + pixelIn + pixelOut + together * (listBytes + bytesPerWord) + components * (padded(together * pixelIn) + padded(together * pixelOut));
  const panelBytes = components * inputs * outputs * bytesPerWord;
  backend.withScratch(planBytes + panelBytes + work * backend.threads, (plan) => {
    const panels = plan + planBytes;
    backend.writeWords(plan, inOrder('WinogradPlan', {
      x: from.address, inHeight: from.height, inWidth: from.width, inputs: from.channels, y: to.address, outHeight: to.height, outWidth: to.width, outputs: to.channels,
      panels, top, left, together, scratch: panels + panelBytes, scratchBytes: work,
    }));
    backend.run('winogradFilter', [filter, inputs, outputs, Number(exchanged), panels], { items: inputs, cost: components * inputs * outputs * transformTime });
    const items = tilesOf(images, to);
    backend.run('winograd', [plan], { items, grain: together, cost: items * components * inputs * outputs * productTime });
  });
}

export interface WinogradGradient {
  images: number;
  x: Images;
  dy: Images;
  /** Address of [3, 3, in, out]. */
  dw: number;
  top: number;
  left: number;
}

/** dw. */
export function winogradFilterGradient(backend: SimdBackend, { images, x, dy, dw, top, left }: WinogradGradient): void {
  const [pixelIn, pixelOut] = [x.channels * bytesPerWord, dy.channels * bytesPerWord];
  const together = tilesTogether(componentRows * (pixelIn + pixelOut), mostGradient);
  const work = Math.max(pixelIn, pixelOut) + together * listBytes + componentRows * (padded(together * pixelIn) + padded(together * pixelOut));
  const pairs = x.channels * dy.channels;
  const sumBytes = components * pairs * bytesPerWord;
  backend.withScratch(planBytes + sumBytes + work * backend.threads, (plan) => {
    const sums = plan + planBytes;
    backend.writeWords(plan, inOrder('WinogradGradientPlan', {
      x: x.address, images, inHeight: x.height, inWidth: x.width, inputs: x.channels, dy: dy.address, outHeight: dy.height, outWidth: dy.width, outputs: dy.channels,
      sums, top, left, together, scratch: sums + sumBytes, scratchBytes: work,
    }));
    // An item is four inputs of a row of components. Every share transforms dy again: there must be enough inputs to make up for that.
    const items = componentRows * (x.channels / 4);
    const shares = Math.min(Math.max(componentRows * Math.floor(x.channels / 64), componentRows, backend.threads), items);
    backend.run('winogradGradient', [plan], { items, grain: Math.ceil(items / shares), cost: components * tilesOf(images, dy) * pairs * productTime });
    backend.run('winogradFilterGradient', [sums, x.channels, dy.channels, dw], { items: x.channels, cost: components * pairs * transformTime });
  });
}

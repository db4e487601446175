import type { DatasetSpec } from '@elucidate/experiment/design';
import type { ByteArray } from './idx.js';

/** Images as bytes, [n, h, w, 1] row by row; 0 is black. */
export interface ByteImages {
  count: number;
  /** Width and height. */
  size: number;
  data: Uint8Array;
}

/** One colour channel. */
export const channels = 1;

/**
 * Mean and standard deviation over all pixels of the 60,000 train images, brought to [-1, 1]; measured by `images.test.ts`.
 * At 28x28, unpadded, the same set has mean -0.428 and standard deviation 0.706.
 */
export const pixelStatistics: Readonly<Record<DatasetSpec['resolution'], { mean: number; std: number }>> = {
  16: { mean: -0.56155, std: 0.62679 },
  32: { mean: -0.56200, std: 0.66362 },
};

/** Pads 28x28 images with two black pixels on every side: 32x32, which halves evenly four times. */
export function padTo32({ shape, data }: ByteArray): ByteImages {
  const [count, from] = [shape[0]!, shape[1]!];
  const edge = (32 - from) / 2;
  const out = new Uint8Array(count * 32 * 32);
  for (let row = 0; row < count * from; row += 1) {
    const image = Math.floor(row / from);
    out.set(data.subarray(row * from, (row + 1) * from), image * 1024 + (edge + (row % from)) * 32 + edge);
  }
  return { count, size: 32, data: out };
}

/** Means over 2x2 pixels, rounded to the nearest byte (halves up). */
export function halve({ count, size, data }: ByteImages): ByteImages {
  const half = size / 2;
  const out = new Uint8Array(count * half * half);
  for (let i = 0; i < out.length; i += 1) {
    const column = i % half;
    const row = Math.floor(i / half);
    const corner = row * 2 * size + column * 2;
    out[i] = (data[corner]! + data[corner + 1]! + data[corner + size]! + data[corner + size + 1]! + 2) >> 2;
  }
  return { count, size: half, data: out };
}

/** Images of the resolution a spec names, from the data set's 28x28. */
export function imagesAt(images: ByteArray, resolution: DatasetSpec['resolution']): ByteImages {
  const padded = padTo32(images);
  return resolution === 32 ? padded : halve(padded);
}

/** A byte as a number in [-1, 1]. */
export function byteToUnit(byte: number): number {
  return byte / 127.5 - 1;
}

/** The byte nearest to a number in [-1, 1]; what lies outside becomes 0 or 255. */
export function unitToByte(value: number): number {
  return Math.min(255, Math.max(0, Math.round((value + 1) * 127.5)));
}

/** The chosen images in [-1, 1], [chosen.length, h, w, 1] row by row. */
export function pickImages({ size, data }: ByteImages, chosen: ArrayLike<number>): Float32Array {
  const pixels = size * size;
  const out = new Float32Array(chosen.length * pixels);
  for (let k = 0; k < chosen.length; k += 1) {
    const from = chosen[k]! * pixels;
    for (let i = 0; i < pixels; i += 1) out[k * pixels + i] = byteToUnit(data[from + i]!);
  }
  return out;
}

/** Images `from` up to but without `to`; shares memory. */
export function sliceImages({ size, data }: ByteImages, from: number, to: number): ByteImages {
  return { count: to - from, size, data: data.subarray(from * size * size, to * size * size) };
}

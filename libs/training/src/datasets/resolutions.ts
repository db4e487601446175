import type { ByteImages } from '../images.js';
import type { ByteArray } from './idx.js';
import { bicubic, roundInto } from './resize.js';

/** Side lengths in pixels that sets of 28x28 images are available in. */
export type Resolution = 16 | 32 | 64;

const change: Readonly<Record<Resolution, (images: ByteImages) => ByteImages>> = { 16: halve, 32: (images) => images, 64: double };

/** Grey images at the resolution a spec names, from a data set's 28x28. */
export function imagesAt(images: ByteArray, resolution: Resolution): ByteImages {
  return change[resolution](padTo32(images));
}

/** Pads 28x28 images with two black pixels on every side: 32x32, which halves evenly four times. */
export function padTo32({ shape, data }: ByteArray): ByteImages {
  const [count, from] = [shape[0]!, shape[1]!];
  const edge = (32 - from) / 2;
  const out = new Uint8Array(count * 32 * 32);
  for (let row = 0; row < count * from; row += 1) {
    const image = Math.floor(row / from);
    out.set(data.subarray(row * from, (row + 1) * from), image * 1024 + (edge + (row % from)) * 32 + edge);
  }
  return { count, size: 32, channels: 1, data: out };
}

/** Means over 2x2 pixels of grey images, rounded to the nearest byte (halves round up). */
export function halve({ count, size, channels, data }: ByteImages): ByteImages {
  const half = size / 2;
  const out = new Uint8Array(count * half * half);
  for (let i = 0; i < out.length; i += 1) {
    const column = i % half;
    const row = Math.floor(i / half);
    const corner = row * 2 * size + column * 2;
    out[i] = (data[corner]! + data[corner + 1]! + data[corner + size]! + data[corner + size + 1]! + 2) >> 2;
  }
  return { count, size: half, channels, data: out };
}

/** Twice the size, bicubic, roundInto to bytes. */
export function double({ count, size, channels, data }: ByteImages): ByteImages {
  const pixels = size * size * channels;
  const enlarged = bicubic({ width: size, height: size, channels }, 2 * size);
  const out = new Uint8Array(4 * count * pixels);
  for (let i = 0; i < count; i += 1) roundInto(out, 4 * i * pixels, enlarged(data.subarray(i * pixels, (i + 1) * pixels)));
  return { count, size: 2 * size, channels, data: out };
}

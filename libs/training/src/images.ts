import { type Labels, sliceLabels } from './labels.js';

/** Images row by row, [n, h, w, c]: bytes, where 0 is black, or floats in the units of their data set. */
export interface Images<P extends Uint8Array | Float32Array = Uint8Array | Float32Array> {
  count: number;
  /** Width and height. */
  size: number;
  /** 1 grey, 3 red, green and blue. */
  channels: number;
  data: P;
  /** Present if the set has classes. */
  labels?: Labels | undefined;
}
export type ByteImages = Images<Uint8Array>;

/** Whether images are bytes; otherwise they are floats. */
export function areBytes(images: Images): images is ByteImages {
  return images.data.BYTES_PER_ELEMENT === 1;
}

/** Numbers per image. */
export function pixelsOf({ size, channels }: Pick<Images, 'size' | 'channels'>): number {
  return size * size * channels;
}

/** A byte as a number in [-range, range]. */
export function byteToUnit(byte: number, range = 1): number {
  return (byte / 127.5 - 1) * range;
}

/** The byte nearest to a number in [-range, range]; values outside are clipped to 0 or 255. */
export function unitToByte(value: number, range = 1): number {
  return Math.min(255, Math.max(0, Math.round((value / range + 1) * 127.5)));
}

/** The chosen images, [chosen.length, h, w, c] row by row: bytes mapped to [-range, range], floats unchanged. */
export function pickImages(images: Images, chosen: ArrayLike<number>, range = 1): Float32Array {
  const pixels = pixelsOf(images);
  const out = new Float32Array(chosen.length * pixels);
  for (let k = 0; k < chosen.length; k += 1) {
    const from = chosen[k]! * pixels;
    if (areBytes(images)) bytesInto(out, { at: k * pixels, bytes: images.data.subarray(from, from + pixels), range });
    else out.set(images.data.subarray(from, from + pixels), k * pixels);
  }
  return out;
}

/** The chosen images as they are stored, without labels, in memory of their own. */
export function chosenImages(images: Images, chosen: ArrayLike<number>): Images {
  const pixels = pixelsOf(images);
  const { size, channels } = images;
  const numbers = chosen.length * pixels;
  const data = areBytes(images) ? new Uint8Array(numbers) : new Float32Array(numbers);
  for (let k = 0; k < chosen.length; k += 1) data.set(images.data.subarray(chosen[k]! * pixels, (chosen[k]! + 1) * pixels), k * pixels);
  return { count: chosen.length, size, channels, data };
}

function bytesInto(out: Float32Array, { at, bytes, range }: { at: number; bytes: Uint8Array; range: number }): void {
  for (let i = 0; i < bytes.length; i += 1) out[at + i] = byteToUnit(bytes[i]!, range);
}

/** Images from `from` up to, but not including, `to`, with their labels; shares memory. */
export function sliceImages<I extends Images>(images: I, from: number, to: number): I {
  const pixels = pixelsOf(images);
  const labels = images.labels && sliceLabels(images.labels, from, to);
  return { ...images, count: to - from, data: images.data.subarray(from * pixels, to * pixels), ...(labels && { labels }) };
}

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf } from '../kernel-inputs.js';
import { placeOf, recorded } from './commands.js';
import { bufferOf } from './gpu-backend.js';
import type { GpuBackend, GpuBuffer, GpuRange } from './gpu-backend.js';
import { PlannedBuffer } from './planned-buffer.js';

const bytesPerNumber = 4;

/** The smallest multiple of 64 numbers: WebGPU's guarantee for where a binding may start. */
export const aligned = (numbers: number): number => Math.ceil(numbers / 64) * 64;

/** A tensor, and the number of a vector from which on it is placed there. */
interface Part {
  tensor: TensorInfo;
  start: number;
}

/** While a step is recorded, tensors from before it with buffers of their own, which nothing changes, are copied to a vector only once, ahead of all replays. Whether it was so. */
export function copiedOnce(backend: GpuBackend, parts: readonly Part[], whole: TensorInfo): boolean {
  const [all, once] = [bufferOf(backend, whole), recorded.get(backend)?.once];
  const places = parts.map(({ tensor }) => placeOf(bufferOf(backend, tensor)));
  if (!once || !(all instanceof PlannedBuffer) || places.some(({ buffer, size }) => buffer instanceof PlannedBuffer || size !== undefined)) return false;
  all.exclusive = true;
  parts.forEach(({ tensor, start }, i) => once.push({ kind: 'copy', from: places[i]!, to: { buffer: all, offset: start * bytesPerNumber, size: undefined }, bytes: sizeOf(tensor.shape) * bytesPerNumber }));
  return true;
}

/** Places tensors in a vector from these numbers of it on. While a step is recorded, a tensor that only one program writes, and none has read, is moved there without a copy. */
export function bringTogether(backend: GpuBackend, parts: readonly Part[], whole: TensorInfo): void {
  const all = bufferOf(backend, whole);
  const places = parts.map(({ tensor }) => bufferOf(backend, tensor));
  parts.forEach(({ tensor: { shape }, start }, i) => {
    const [at, place] = [start * bytesPerNumber, places[i]!];
    const once = places.indexOf(place) === places.lastIndexOf(place);
    if (all instanceof PlannedBuffer && place instanceof PlannedBuffer && once && isMovable(place)) {
      place.within = { whole: all, offset: at };
      return;
    }
    backend.ensureCommandEncoderReady();
    backend.endComputePassEncoder();
    backend.commandEncoder.copyBufferToBuffer(placeOf(place).buffer, placeOf(place).offset, placeOf(all).buffer, placeOf(all).offset + at, sizeOf(shape) * bytesPerNumber);
  });
}

const isMovable = ({ data, given, within, uses }: PlannedBuffer): boolean => !data && !given && !within && uses === 1;

/** The range from the first to the last of tensors that are in one buffer, and where each begins in it; undefined if they are not. */
export function commonRange(backend: GpuBackend, tensors: readonly TensorInfo[]): { range: GpuRange; starts: number[] } | undefined {
  const places = tensors.map((tensor) => placeOf(bufferOf(backend, tensor)));
  const { buffer } = places[0]!;
  const first = Math.min(...places.map(({ offset }) => offset));
  if (buffer instanceof PlannedBuffer || first % 256 !== 0 || places.some((place) => place.buffer !== buffer)) return undefined;
  const end = Math.max(...places.map(({ offset }, i) => offset + sizeOf(tensors[i]!.shape) * bytesPerNumber));
  return { range: { buffer: buffer as GpuBuffer, offset: first, size: end - first }, starts: places.map(({ offset }) => (offset - first) / bytesPerNumber) };
}

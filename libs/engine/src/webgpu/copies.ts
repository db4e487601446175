import { backend_util, util } from '@tensorflow/tfjs-core';
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf } from '../kernel-inputs.js';
import { bufferOf } from './gpu-backend.js';
import type { GpuBackend } from './gpu-backend.js';
import { insteadOf } from './kernel.js';
import type { GpuCall, Replacements } from './kernel.js';
import { placeOf } from './recording.js';

/**
 * Concatenations and splits whose parts are contiguous: copied from buffer to buffer. tfjs runs a program for each part of a split, and
 * joins only as many parts at a time as a program may have inputs; a network has hundreds of weights and gradients.
 */

/** Numbers of every type but complex64, which is two tensors. */
const bytesPerNumber = 4;
const copyable = (dtype: string) => dtype === 'float32' || dtype === 'int32' || dtype === 'bool';

/** A tensor's place in another, from number `first` on. */
interface Part {
  tensor: TensorInfo;
  first: number;
}

function copy(backend: GpuBackend, parts: readonly Part[], whole: TensorInfo, way: 'join' | 'cut'): void {
  const all = placeOf(bufferOf(backend, whole));
  const places = parts.map(({ tensor }) => placeOf(bufferOf(backend, tensor)));
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  parts.forEach(({ tensor, first }, i) => {
    const [at, bytes] = [all.offset + first * bytesPerNumber, sizeOf(tensor.shape) * bytesPerNumber];
    const part = places[i]!;
    if (way === 'join') backend.commandEncoder.copyBufferToBuffer(part.buffer, part.offset, all.buffer, at, bytes);
    else backend.commandEncoder.copyBufferToBuffer(all.buffer, at, part.buffer, part.offset, bytes);
  });
}

/** Parts one after the other. */
function inOrder(tensors: readonly TensorInfo[]): Part[] {
  let first = 0;
  return tensors.map((tensor) => {
    const part = { tensor, first };
    first += sizeOf(tensor.shape);
    return part;
  });
}

/** Whether parts along an axis are contiguous: no earlier axis is longer than 1. */
const inOnePiece = (shape: readonly number[], axis: number) => sizeOf(shape.slice(0, axis)) === 1;

/** Tensors joined along an axis. */
function concat({ inputs, attrs, backend }: GpuCall<TensorInfo[]>): TensorInfo | undefined {
  const [{ shape, dtype }] = inputs as [TensorInfo];
  const [axis] = util.parseAxisParam(attrs.axis as number, shape) as [number];
  const whole = inputs.length > 1 && inOnePiece(shape, axis) && inputs.every((tensor) => tensor.dtype === dtype && sizeOf(tensor.shape) > 0);
  if (!whole || !copyable(dtype) || backend.shouldExecuteOnCPU(inputs)) return undefined;
  const joined = backend.makeTensorInfo(backend_util.computeOutShape(inputs.map((tensor) => tensor.shape), axis), dtype);
  copy(backend, inOrder(inputs), joined, 'join');
  return joined;
}

/** x split along an axis into parts of given sizes. */
function splitV({ inputs: { x }, attrs, backend }: GpuCall<{ x: TensorInfo }>): TensorInfo[] | undefined {
  const { numOrSizeSplits, axis } = attrs as unknown as { numOrSizeSplits: number | number[]; axis: number };
  const [along] = util.parseAxisParam(axis, x.shape) as [number];
  const sizes = backend_util.prepareSplitSize(x as Tensor, numOrSizeSplits, along);
  if (!inOnePiece(x.shape, along) || !copyable(x.dtype) || sizeOf(x.shape) === 0 || sizes.includes(0) || backend.shouldExecuteOnCPU([x])) return undefined;
  const parts = sizes.map((size) => backend.makeTensorInfo(x.shape.map((length, i) => (i === along ? size : length)), x.dtype));
  copy(backend, inOrder(parts), x, 'cut');
  return parts;
}

export const copyKernels: Replacements = { Concat: insteadOf(concat), SplitV: insteadOf(splitV) };

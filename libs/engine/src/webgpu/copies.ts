import { backend_util, util } from '@tensorflow/tfjs-core';
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf } from '../kernel-inputs.js';
import { placeOf } from './commands.js';
import { bufferOf } from './gpu-backend.js';
import type { GpuBackend } from './gpu-backend.js';
import { insteadOf } from './kernel.js';
import type { GpuCall, Replacements } from './kernel.js';
import { family, runProgram } from './program.js';
import type { Program } from './program.js';
import { ints } from './uniforms.js';
import { times } from './wgsl.js';

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

/** x split along an axis into parts of given sizes: copies, or one program where the parts are columns. */
function splitV({ inputs: { x }, attrs, backend }: GpuCall<{ x: TensorInfo }>): TensorInfo[] | undefined {
  const { numOrSizeSplits, axis } = attrs as unknown as { numOrSizeSplits: number | number[]; axis: number };
  const [along] = util.parseAxisParam(axis, x.shape) as [number];
  const sizes = backend_util.prepareSplitSize(x as Tensor, numOrSizeSplits, along);
  if (!copyable(x.dtype) || sizeOf(x.shape) === 0 || sizes.includes(0) || backend.shouldExecuteOnCPU([x])) return undefined;
  if (!inOnePiece(x.shape, along)) return x.dtype === 'float32' && sizes.length <= mostColumns ? splitColumns(backend, x, { sizes, along }) : undefined;
  const parts = sizes.map((size) => backend.makeTensorInfo(x.shape.map((length, i) => (i === along ? size : length)), x.dtype));
  copy(backend, inOrder(parts), x, 'cut');
  return parts;
}

/** Outputs that a program may have beside its input. */
const mostColumns = 7;

/** Parts that are columns of a matrix, in one program. */
function splitColumns(backend: GpuBackend, x: TensorInfo, { sizes, along }: { sizes: readonly number[]; along: number }): TensorInfo[] {
  const inner = sizeOf(x.shape.slice(along + 1));
  const widths = sizes.map((size) => size * inner);
  const shapes = sizes.map((size) => x.shape.map((length, i) => (i === along ? size : length)));
  const [numbers, width] = [sizeOf(x.shape), sizeOf(x.shape.slice(along))];
  return runProgram(backend, columns(sizes.length), { inputs: [x], uniforms: [numbers, width, ...widths].map((n) => ints(n)), shapes, items: Math.ceil(numbers / lanes) });
}

const lanes = 64;

const columns = family((count: number): Program => {
  const all = Array.from({ length: count }, (_, i) => i);
  return {
    name: `columns_${count}`, inputs: ['x'], outputs: all.map((i) => `part${i}`), lanes,
    uniforms: `numbers : i32, width : i32, ${all.map((i) => `width${i} : i32,`).join(' ')}`,
    body: `
  let index = item * ${lanes} + lane;
  if (index < uniforms.numbers) {
    let row = index / uniforms.width;
    var column = index - row * uniforms.width;
    ${times(count, (i) => `if (column >= 0 && column < uniforms.width${i}) { part${i}[row * uniforms.width${i} + column] = x[index]; } column = column - uniforms.width${i};`)}
  }`,
  };
});

export const copyKernels: Replacements = { Concat: insteadOf(concat), SplitV: insteadOf(splitV) };

import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf } from '../kernel-inputs.js';
import { affineEach, affineEachParameters, affineEachRows, resultsTogether } from './affine-programs.js';
import { aligned, bringTogether, commonRange, copiedOnce } from './bring-together.js';
import { bufferOf, tensorAt } from './gpu-backend.js';
import type { GpuBackend } from './gpu-backend.js';
import { kernelOf } from './kernel.js';
import type { GpuCall } from './kernel.js';
import { sumLater } from './later-sums.js';
import { PlannedBuffer } from './planned-buffer.js';
import { runProgram } from './program.js';
import { tableOf } from './tables.js';

/** Several affine maps of the same rows in one program, and their gradients in two. */

/** An array that several tensors are in, and where each begins. */
interface Together {
  whole: TensorInfo;
  starts: number[];
}

/** Starts of arrays of these sizes that follow each other. */
function startsOf(sizes: readonly number[]): { starts: number[]; size: number } {
  let size = 0;
  const starts = sizes.map((own) => {
    const start = size;
    size += aligned(own);
    return start;
  });
  return { starts, size };
}

/** Where they are, if that is one buffer, as weights in training are; otherwise copied to one. */
function together(backend: GpuBackend, tensors: readonly TensorInfo[]): Together {
  const common = commonRange(backend, tensors);
  if (common) return { whole: tensorAt(backend, common.range, [common.range.size / 4]), starts: common.starts };
  const { starts, size } = startsOf(tensors.map(({ shape }) => sizeOf(shape)));
  const whole = backend.makeTensorInfo([size], 'float32');
  const parts = tensors.map((tensor, i) => ({ tensor, start: starts[i]! }));
  if (!copiedOnce(backend, parts, whole)) bringTogether(backend, parts, whole);
  return { whole, starts };
}

/** The inputs of these kernels, in an array: x [n,inner], then each map's matrix and bias; then, for the gradients, those of the results. */
function facts(inputs: readonly TensorInfo[], maps: number) {
  const [x, ...others] = inputs as [TensorInfo, ...TensorInfo[]];
  const parameters = others.slice(0, 2 * maps);
  const outs = Array.from({ length: maps }, (_, i) => parameters[2 * i]!.shape[1]!);
  return { x, parameters, outs, rest: others.slice(2 * maps), images: x.shape[0]!, inner: x.shape[1]! };
}

/** x, matrix, bias, matrix, bias, ... -> [n,out] of each. */
function each({ inputs, backend }: GpuCall<TensorInfo[]>): TensorInfo[] {
  const maps = (inputs.length - 1) / 2;
  const { x, parameters, outs, images, inner } = facts(inputs, maps);
  const weights = together(backend, parameters);
  const { starts, size } = startsOf(outs.map((out) => images * out));
  const rows = outs.map((out, i) => ({ items: Math.ceil((images * out) / resultsTogether), numbers: [weights.starts[2 * i]!, weights.starts[2 * i + 1]!, starts[i]!, out] }));
  const { uniforms, items } = tableOf(rows, [images, inner]);
  const [whole] = runProgram(backend, affineEach(maps), { inputs: [x, weights.whole], uniforms, shapes: [[size]], items }) as [TensorInfo];
  backend.disposeData(weights.whole.dataId);
  const results = outs.map((out, i) => partOf(backend, whole, { shape: [images, out], start: starts[i]! }));
  backend.disposeData(whole.dataId);
  return results;
}

/** A part of an array: while a step is recorded, which frees nothing, the same memory; otherwise a copy. */
function partOf(backend: GpuBackend, whole: TensorInfo, { shape, start }: { shape: number[]; start: number }): TensorInfo {
  const all = bufferOf(backend, whole);
  const bytes = 4 * sizeOf(shape);
  if (all instanceof PlannedBuffer) return tensorAt(backend, { buffer: all, offset: 4 * start, size: bytes }, shape);
  const part = backend.makeTensorInfo(shape, 'float32');
  const to = bufferOf(backend, part);
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  backend.commandEncoder.copyBufferToBuffer(all, 4 * start, to, 0, bytes);
  return part;
}

/** x, matrix, bias, matrix, bias, ..., dy of each -> dx, and the gradients of each matrix and bias. */
function eachGrad({ inputs, backend }: GpuCall<TensorInfo[]>): TensorInfo[] {
  const maps = (inputs.length - 1) / 3;
  const { x, parameters, outs, rest, images, inner } = facts(inputs, maps);
  const [weights, dy] = [together(backend, parameters), together(backend, rest)];
  const gradients = startsOf(outs.map((out) => (inner + 1) * out));
  const rows = outs.map((out, i) => ({ items: Math.ceil(((inner + 1) * out) / resultsTogether), numbers: [weights.starts[2 * i]!, weights.starts[2 * i + 1]!, dy.starts[i]!, out, gradients.starts[i]!] }));
  const { uniforms, items } = tableOf(rows, [images, inner]);
  const [dx] = runProgram(backend, affineEachRows(maps), { inputs: [dy.whole, weights.whole], uniforms, shapes: [x.shape], items: images * inner }) as [TensorInfo];
  const [all] = runProgram(backend, affineEachParameters(maps), { inputs: [x, dy.whole], uniforms, shapes: [[gradients.size]], items }) as [TensorInfo];
  const parts = outs.flatMap((out, i) => {
    const first = gradients.starts[i]!;
    const part = (from: number, shape: number[]) => ({ ...sumLater(backend, all, { first: from, stride: 0, count: 1, size: sizeOf(shape) }), shape });
    return [part(first, [inner, out]), part(first + inner * out, [out])];
  });
  for (const { dataId } of [weights.whole, dy.whole, all]) backend.disposeData(dataId);
  return [dx, ...parts];
}

/** Kernels of libs/diffusion/src/ops.ts in WGSL. */
export const affineKernels: Readonly<Record<string, KernelFunc>> = { AffineEach: kernelOf(each as never), AffineEachGrad: kernelOf(eachGrad as never) };

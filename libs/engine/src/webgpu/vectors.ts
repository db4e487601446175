import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { input, sizeOf } from '../kernel-inputs.js';
import { bringTogether } from './bring-together.js';
import { placeOf } from './commands.js';
import { bufferOf } from './gpu-backend.js';
import { kernelOf } from './kernel.js';
import type { GpuCall } from './kernel.js';
import { sumInto } from './later-sums.js';

/** Tensors as views of one long vector, each starting at a multiple of 64 numbers, where WebGPU lets a binding start. */

const bytesPerNumber = 4;

/** x [n] as tensors of the given shapes that start at these numbers of it. They share x's memory, so x must outlive them. */
function views({ inputs, attrs, backend }: GpuCall): TensorInfo[] {
  const { shapes, starts } = attrs as unknown as { shapes: number[][]; starts: number[] };
  const { buffer, offset } = placeOf(bufferOf(backend, input(inputs, 'x')));
  return shapes.map((shape, i) => {
    const view = backend.makeTensorInfo([...shape], 'float32');
    backend.tensorMap.get(view.dataId).resource = { buffer, offset: offset + starts[i]! * bytesPerNumber, size: sizeOf(shape) * bytesPerNumber };
    return view;
  });
}

/** Tensors placed at these numbers of a new vector [size], zero elsewhere. Sums that were put off are computed there. While a step is recorded, a tensor that only one program writes, and none has read, is moved there without a copy. */
function placed({ inputs, attrs, backend }: GpuCall<TensorInfo[]>): TensorInfo {
  const { size, starts } = attrs as unknown as { size: number; starts: number[] };
  const whole = backend.makeTensorInfo([size], 'float32');
  const all = bufferOf(backend, whole);
  const tensors = Object.values(inputs);
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  backend.commandEncoder.clearBuffer(all);
  const resources = tensors.map(({ dataId }) => backend.tensorMap.get(dataId).resource);
  const summed = sumInto(backend, whole, resources.map((resource, i) => ({ resource, start: starts[i]! })));
  bringTogether(backend, tensors.flatMap((tensor, i) => (summed.has(resources[i]!) ? [] : [{ tensor, start: starts[i]! }])), whole);
  return whole;
}

/** Kernels of libs/training/src/replayed-trainer.ts. */
export const vectorKernels: Readonly<Record<string, KernelFunc>> = { Views: kernelOf(views), Placed: kernelOf(placed as never) };

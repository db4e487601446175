import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';

/** The part of WebGPU that our programs use. */

export type GpuBuffer = object;
export type GpuBindGroupLayout = object;

export interface GpuPipeline {
  getBindGroupLayout(group: number): GpuBindGroupLayout;
}

export interface GpuComputePass {
  setPipeline(pipeline: GpuPipeline): void;
  setBindGroup(group: number, bindGroup: object): void;
  dispatchWorkgroups(x: number, y: number): void;
}

export interface GpuCommandEncoder {
  beginComputePass(descriptor: object): GpuComputePass;
  copyBufferToBuffer(from: GpuBuffer, fromByte: number, to: GpuBuffer, toByte: number, bytes: number): void;
}

export interface ComputeDevice {
  limits: { maxComputeWorkgroupsPerDimension: number };
  queue: { writeBuffer(buffer: GpuBuffer, byte: number, data: ArrayBuffer): void };
  createShaderModule(descriptor: { code: string }): object;
  createComputePipeline(descriptor: { layout: 'auto'; compute: { module: object; entryPoint: string } }): GpuPipeline;
  createBindGroup(descriptor: { layout: GpuBindGroupLayout; entries: { binding: number; resource: { buffer: GpuBuffer } }[] }): object;
  createBuffer(descriptor: { size: number; usage: number }): GpuBuffer;
  createQuerySet(descriptor: { type: 'timestamp'; count: number }): object;
}

/** The parts of tfjs's `WebGPUBackend` (backend_webgpu.ts, 4.22) through which our programs share its tensors, its commands and their order. */
export interface GpuBackend {
  device: ComputeDevice;
  makeTensorInfo(shape: number[], dtype: DataType, values?: Float32Array): TensorInfo;
  disposeData(dataId: object): boolean;
  shouldExecuteOnCPU(inputs: readonly TensorInfo[]): boolean;
  /** Gives a tensor its buffer, and uploads the numbers that are still on the host. */
  uploadToGPU(dataId: object): void;
  tensorMap: { get(dataId: object): { resource: GpuBuffer } };
  /** Tensors that commands not yet submitted read or write: their buffers are kept until then. */
  commandQueueOwnedIds: { add(dataId: object): void };
  commandEncoder: GpuCommandEncoder;
  ensureCommandEncoderReady(): void;
  /** null between passes. */
  computePassEncoder: GpuComputePass | null;
  endComputePassEncoder(): void;
  dispatchCountInPass: number;
  submitQueue(): void;
  /** Where program times are collected during timing (`tf.time`, `tf.profile`). */
  activeTimers: { name: string; query: Promise<number> }[] | null;
  supportTimestampQuery: boolean;
  querySet: object | null | undefined;
  querySetCount: number;
  /** Submits all commands; milliseconds between the two timestamps of `querySet`, 0 if the device takes none. */
  getQueryTime(): Promise<number>;
}

/** A tensor's buffer, kept until the commands that are being recorded are done with it. */
export function bufferOf(backend: GpuBackend, { dataId }: TensorInfo): GpuBuffer {
  backend.uploadToGPU(dataId);
  backend.commandQueueOwnedIds.add(dataId);
  return backend.tensorMap.get(dataId).resource;
}

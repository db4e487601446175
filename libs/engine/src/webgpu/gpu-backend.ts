import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { PlannedBuffer } from './planned-buffer.js';

/** The part of WebGPU that our programs use. */

export type GpuBuffer = object;
export type GpuBindGroupLayout = object;

/** A range of a buffer, in bytes. */
export interface GpuRange {
  buffer: GpuBuffer | PlannedBuffer;
  offset: number;
  size: number;
}

/** Where a tensor's numbers are: in a buffer of their own, in a range of another's, or in one that is only planned. */
export type GpuResource = GpuBuffer | GpuRange | PlannedBuffer;

export interface GpuPipeline {
  getBindGroupLayout(group: number): GpuBindGroupLayout;
}

export interface GpuComputePass {
  setPipeline(pipeline: GpuPipeline): void;
  setBindGroup(group: number, bindGroup: object): void;
  dispatchWorkgroups(x: number, y: number, z?: number): void;
  end(): void;
}

export interface GpuCommandEncoder {
  beginComputePass(descriptor: object): GpuComputePass;
  copyBufferToBuffer(from: GpuBuffer, fromByte: number, to: GpuBuffer, toByte: number, bytes: number): void;
  clearBuffer(buffer: GpuBuffer): void;
}

export interface GpuQueue {
  writeBuffer(buffer: GpuBuffer, byte: number, data: ArrayBuffer): void;
}

export interface ComputeDevice {
  limits: { maxComputeWorkgroupsPerDimension: number };
  queue: GpuQueue;
  createShaderModule(descriptor: { code: string }): object;
  createComputePipeline(descriptor: { label: string; layout: 'auto'; compute: { module: object; entryPoint: string } }): GpuPipeline;
  createBindGroup(descriptor: { layout: GpuBindGroupLayout; entries: { binding: number; resource: { buffer: GpuBuffer } | GpuResource }[] }): object;
  createBuffer(descriptor: { size: number; usage: number }): GpuBuffer;
  createQuerySet(descriptor: { type: 'timestamp'; count: number }): object;
}

/** The parts of tfjs's `WebGPUBackend` (backend_webgpu.ts, 4.22) through which our programs share its tensors, its commands and their order. */
export interface GpuBackend {
  device: ComputeDevice;
  queue: GpuQueue;
  makeTensorInfo(shape: number[], dtype: DataType, values?: Float32Array): TensorInfo;
  /** Every new tensor comes from here. */
  write(values: unknown, shape: number[], dtype: DataType): object;
  disposeData(dataId: object): boolean;
  incRef(dataId: object): void;
  shouldExecuteOnCPU(inputs: readonly TensorInfo[]): boolean;
  /** Gives a tensor its buffer, and uploads the numbers that are still on the host. */
  uploadToGPU(dataId: object): void;
  tensorMap: { has(dataId: object): boolean; get(dataId: object): TensorData };
  bufferManager: {
    acquireBuffer(size: number, usage: number, mappedAtCreation?: boolean, reuse?: boolean): GpuBuffer;
    releaseBuffer(buffer: GpuBuffer, reuse?: boolean): void;
    /** Buffers that no tensor has, by size and usage, kept for later ones. */
    freeBuffers: Map<string, (GpuBuffer & { size: number; destroy(): void })[]>;
    numFreeBuffers: number;
    numBytesAllocated: number;
  };
  /** Tensors that commands not yet submitted read or write: their buffers are kept until then. */
  commandQueueOwnedIds: { add(dataId: object): void };
  tensorDataPendingDisposal: object[];
  uniformPendingDisposal: GpuBuffer[];
  stagingPendingDisposal: GpuBuffer[];
  /** null after each submission. */
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

export interface TensorData {
  /** Undefined or null while the numbers are only on the host. */
  resource: GpuResource;
  values?: ArrayLike<number>;
}

/** Where a tensor's numbers are, kept until the commands that are being recorded are done with them. */
export function bufferOf(backend: GpuBackend, { dataId }: TensorInfo): GpuResource {
  backend.uploadToGPU(dataId);
  backend.commandQueueOwnedIds.add(dataId);
  return backend.tensorMap.get(dataId).resource;
}

/** For a bind group: tfjs does the same with what is no GPUBuffer. */
export function bindingOf(backend: GpuBackend, tensor: TensorInfo): { buffer: GpuBuffer } | GpuResource {
  const resource = bufferOf(backend, tensor);
  return 'offset' in resource ? resource : { buffer: resource };
}

/** A tensor of these numbers. */
export function tensorAt(backend: GpuBackend, resource: GpuResource, shape: number[]): TensorInfo {
  const info = backend.makeTensorInfo(shape, 'float32');
  backend.tensorMap.get(info.dataId).resource = resource;
  return info;
}

import { env } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { bindingOf } from './gpu-backend.js';
import type { GpuBackend, GpuBindGroupLayout, GpuBuffer, GpuComputePass, GpuPipeline } from './gpu-backend.js';
import { laidOut } from './uniforms.js';
import type { Uniform } from './uniforms.js';

/**
 * Records programs among the commands of tfjs's backend. tfjs itself builds a key of all shapes for each run, writes the shapes to a new buffer and supports
 * one output; for a network of small images on a GPU that takes longer than the arithmetic.
 */

/** Pipelines by the names of programs, and uniforms by their numbers, which are the same in each step. */
interface Kept {
  pipelines: Map<string, { pipeline: GpuPipeline; layout: GpuBindGroupLayout }>;
  uniforms: Map<string, GpuBuffer>;
}

const keptOf = new WeakMap<GpuBackend, Kept>();

/** More than a few networks need: beyond this, all are created again. */
const mostUniforms = 4096;
/** WebGPU's numbers for buffers of uniforms that are written from here. */
const uniformUsage = 0x40 | 0x8;

export interface Dispatch {
  /** Of the program: programs of one name have the same code. */
  name: string;
  code(): string;
  workgroups: number;
  /** In the order of their bindings; the uniforms come after them. */
  tensors: readonly TensorInfo[];
  uniforms: readonly Uniform[];
}

export function dispatch(backend: GpuBackend, { name, code, workgroups, tensors, uniforms }: Dispatch): void {
  const { device } = backend;
  const { pipeline, layout } = pipelineOf(backend, name, code);
  const bindings = [...tensors.map((tensor) => bindingOf(backend, tensor)), { buffer: uniformsOf(backend, uniforms) }];
  const bindGroup = device.createBindGroup({ layout, entries: bindings.map((resource, binding) => ({ binding, resource })) });
  const timers = backend.activeTimers;
  const pass = timers ? timedPass(backend) : openPass(backend);
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroup);
  const rows = Math.ceil(workgroups / device.limits.maxComputeWorkgroupsPerDimension);
  pass.dispatchWorkgroups(Math.ceil(workgroups / rows), rows);
  backend.dispatchCountInPass += 1;
  if (timers) {
    backend.endComputePassEncoder();
    timers.push({ name, query: backend.getQueryTime() });
    return;
  }
  if (backend.dispatchCountInPass < env().getNumber('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE')) return;
  backend.endComputePassEncoder();
  backend.submitQueue();
}

function openPass(backend: GpuBackend): GpuComputePass {
  backend.ensureCommandEncoderReady();
  return (backend.computePassEncoder ??= backend.commandEncoder.beginComputePass({}));
}

/** A separate pass, with timestamps before and after if the device supports them. */
function timedPass(backend: GpuBackend): GpuComputePass {
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  if (!backend.supportTimestampQuery) return openPass(backend);
  const querySet = (backend.querySet ??= backend.device.createQuerySet({ type: 'timestamp', count: backend.querySetCount }));
  return (backend.computePassEncoder = backend.commandEncoder.beginComputePass({ timestampWrites: { querySet, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 } }));
}

function kept(backend: GpuBackend): Kept {
  const found = keptOf.get(backend) ?? { pipelines: new Map(), uniforms: new Map() };
  keptOf.set(backend, found);
  return found;
}

function pipelineOf(backend: GpuBackend, name: string, code: () => string): { pipeline: GpuPipeline; layout: GpuBindGroupLayout } {
  const { device } = backend;
  const { pipelines } = kept(backend);
  const found = pipelines.get(name);
  if (found) return found;
  const pipeline = device.createComputePipeline({ label: name, layout: 'auto', compute: { module: device.createShaderModule({ code: code() }), entryPoint: 'main' } });
  const made = { pipeline, layout: pipeline.getBindGroupLayout(0) };
  pipelines.set(name, made);
  return made;
}

function uniformsOf(backend: GpuBackend, uniforms: readonly Uniform[]): GpuBuffer {
  const { device } = backend;
  const { uniforms: buffers } = kept(backend);
  const bytes = laidOut(uniforms);
  const key = new Int32Array(bytes).join();
  const found = buffers.get(key);
  if (found) return found;
  if (buffers.size >= mostUniforms) buffers.clear();
  const buffer = device.createBuffer({ size: bytes.byteLength, usage: uniformUsage });
  device.queue.writeBuffer(buffer, 0, bytes);
  buffers.set(key, buffer);
  return buffer;
}

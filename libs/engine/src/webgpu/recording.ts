import { engine } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { sizeOf } from '../kernel-inputs.js';
import { placeOf, recorded } from './commands.js';
import type { Place, Recorded } from './commands.js';
import type { GpuBackend, GpuBindGroupLayout, GpuBuffer, GpuCommandEncoder, GpuPipeline, GpuQueue, GpuResource } from './gpu-backend.js';
import { PlannedBuffer } from './planned-buffer.js';

/**
 * Records what tfjs and our kernels send to the GPU while some work runs, instead of sending it: programs with their bindings, copies, and what the host
 * writes. Buffers made meanwhile are only planned. The work must not wait for results.
 */

export interface Recording extends Recorded {
  /** All that were planned, in order. */
  buffers: PlannedBuffer[];
  /** Of the tensors that the work was given, in order. */
  inputs: PlannedBuffer[];
  /** Where the result is. */
  output: Place & { shape: number[] };
  /** Tensors from before that the work used, and their buffers: a replay uses the same ones. */
  outside: Map<object, GpuResource>;
}

interface RecordedBindGroup {
  layout: GpuBindGroupLayout;
  places: Place[];
}

/** The part of the backend's state that belongs to its commands. */
type CommandState = Pick<GpuBackend, 'device' | 'queue' | 'bufferManager' | 'commandEncoder' | 'computePassEncoder' | 'dispatchCountInPass' | 'commandQueueOwnedIds' | 'tensorDataPendingDisposal' | 'uniformPendingDisposal' | 'stagingPendingDisposal'>;

/** Records the work on stand-ins for its inputs, all float32. Nothing is sent, and nothing is left behind if the work throws. */
export function record(backend: GpuBackend, given: readonly { shape: number[] }[], work: (inputs: Tensor[]) => Tensor): Recording {
  const recording: Recording = { commands: [], once: [], buffers: [], inputs: [], output: { buffer: {}, offset: 0, size: 0, shape: [] }, outside: new Map() };
  const plan = (size: number) => {
    const buffer = new PlannedBuffer(recording.buffers.length, size);
    recording.buffers.push(buffer);
    return buffer;
  };
  const own = new WeakSet<object>();
  const state = recordingState(backend, recording, plan);
  const swap = () => {
    const before = Object.fromEntries(Object.keys(state).map((key) => [key, backend[key as keyof CommandState]]));
    Object.assign(backend, state);
    Object.assign(state, before);
  };
  const { write, uploadToGPU } = backend;
  backend.write = (...args) => {
    const dataId = write.apply(backend, args);
    own.add(dataId);
    return dataId;
  };
  backend.uploadToGPU = (dataId) => {
    if (own.has(dataId)) {
      uploadToGPU.call(backend, dataId);
      return computeNow(backend.tensorMap.get(dataId).resource);
    }
    if (!backend.tensorMap.get(dataId).resource) {
      swap();
      uploadToGPU.call(backend, dataId);
      // sent at once: until then tfjs holds it twice, and a network's vectors are long
      backend.ensureCommandEncoderReady();
      backend.endComputePassEncoder();
      backend.submitQueue();
      swap();
    }
    recording.outside.set(dataId, backend.tensorMap.get(dataId).resource);
  };
  swap();
  recorded.set(backend, recording);
  try {
    engine().tidy(() => {
      const inputs = given.map(({ shape }) => {
        const info = backend.makeTensorInfo(shape, 'float32');
        const buffer = plan(4 * sizeOf(shape));
        buffer.given = true;
        recording.inputs.push(buffer);
        backend.tensorMap.get(info.dataId).resource = buffer;
        return engine().makeTensorFromTensorInfo(info);
      });
      const { dataId, shape } = work(inputs);
      backend.uploadToGPU(dataId);
      recording.output = { ...placeOf(backend.tensorMap.get(dataId).resource), shape };
    });
    backend.ensureCommandEncoderReady();
    backend.endComputePassEncoder();
    backend.submitQueue();
    return recording;
  } finally {
    recorded.delete(backend);
    swap();
    Object.assign(backend, { write, uploadToGPU });
  }
}

/** Numbers that were put off are computed for whatever reads them. */
function computeNow(resource: GpuResource): void {
  const { putOff } = resource instanceof PlannedBuffer ? resource : {};
  if (!putOff) return;
  (resource as PlannedBuffer).putOff = undefined;
  putOff.compute();
}

/** The backend's state while it records: everything that would reach the GPU goes into the recording. */
function recordingState(backend: GpuBackend, { commands }: Recording, plan: (size: number) => PlannedBuffer): CommandState {
  const { device, bufferManager } = backend;
  const used = (place: Place): Place => {
    if (place.buffer instanceof PlannedBuffer) place.buffer.uses += 1;
    return place;
  };
  const beginComputePass = () => {
    let pipeline: GpuPipeline;
    let bound: RecordedBindGroup;
    return {
      setPipeline: (next: GpuPipeline) => { pipeline = next; },
      setBindGroup: (_: number, next: object) => { bound = next as RecordedBindGroup; },
      dispatchWorkgroups: (x: number, y = 1, z = 1) => { commands.push({ kind: 'run', pipeline, layout: bound.layout, places: bound.places.map(used), workgroups: [x, y, z] }); },
      end: () => {},
    };
  };
  const encoder = {
    beginComputePass,
    copyBufferToBuffer: (...[from, fromByte, to, toByte, bytes]: [GpuResource, number, GpuResource, number, number]) => {
      const [source, target] = [placeOf(from), placeOf(to)];
      commands.push({ kind: 'copy', from: used({ ...source, offset: source.offset + fromByte }), to: used({ ...target, offset: target.offset + toByte }), bytes });
    },
    clearBuffer: (buffer: GpuResource) => { (buffer as PlannedBuffer).exclusive = true; },
    finish: () => ({}),
  };
  const replacements: Record<string, unknown> = {
    createCommandEncoder: () => encoder,
    createBindGroup: ({ layout, entries }: { layout: GpuBindGroupLayout; entries: { resource: Parameters<typeof boundPlace>[0] }[] }): RecordedBindGroup => ({ layout, places: entries.map(({ resource }) => boundPlace(resource)) }),
  };
  const recordingQueue: GpuQueue & { submit(): void } = {
    writeBuffer: (buffer, _, data) => { (buffer as PlannedBuffer).data = data.slice(0); },
    submit: () => {},
  };
  return {
    device: new Proxy(device, {
      get(target, name: string) {
        const value = replacements[name] ?? (target as unknown as Record<string, unknown>)[name];
        return typeof value === 'function' && !replacements[name] ? (value as (...args: unknown[]) => unknown).bind(target) : value;
      },
    }),
    queue: recordingQueue,
    bufferManager: {
      ...bufferManager,
      acquireBuffer: (size) => plan(size),
      releaseBuffer: (buffer, ...rest) => { if (!(buffer instanceof PlannedBuffer)) bufferManager.releaseBuffer(buffer, ...rest); },
    },
    commandEncoder: null as unknown as GpuCommandEncoder, computePassEncoder: null, dispatchCountInPass: 0, commandQueueOwnedIds: new WeakSet(),
    tensorDataPendingDisposal: [], uniformPendingDisposal: [], stagingPendingDisposal: [],
  };
}

/** What a bind group's entry names: a planned buffer, or a range of any. */
function boundPlace(resource: PlannedBuffer | { buffer: PlannedBuffer | GpuBuffer; offset?: number; size?: number }): Place {
  if (resource instanceof PlannedBuffer) return placeOf(resource);
  const { buffer, offset = 0, size } = resource;
  return { buffer, offset, size };
}

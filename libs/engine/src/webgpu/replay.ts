import { engine } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { sizeOf } from '../kernel-inputs.js';
import { placeOf } from './commands.js';
import type { Command, Place } from './commands.js';
import { bufferOf } from './gpu-backend.js';
import type { ComputeDevice, GpuBackend, GpuBuffer, GpuComputePass, GpuPipeline } from './gpu-backend.js';
import { planMemory } from './memory-plan.js';
import { PlannedBuffer } from './planned-buffer.js';
import type { Recording } from './recording.js';

/** A recorded step with memory of its own, to be sent to the GPU again and again: only what the host writes into its inputs changes. */
export interface Replay {
  /** Sends all commands with these inputs, of the recorded shapes; the result is the caller's. */
  run(inputs: readonly Tensor[]): Tensor;
  dispose(): void;
}

/** WebGPU's guarantee for where a binding may start. */
const alignment = 256;
const aligned = (bytes: number) => Math.ceil(bytes / alignment) * alignment;

/** GPUBufferUsage: STORAGE, UNIFORM, COPY_SRC and COPY_DST. */
const [storage, uniform, source, target] = [0x80, 0x40, 0x4, 0x8];

/** Commands that are sent together: a copy, or the programs of one pass. */
type Sent =
  | { copy: { from: GpuBuffer; fromByte: number; to: GpuBuffer; toByte: number; bytes: number } }
  | { programs: { pipeline: GpuPipeline; bindGroup: object; workgroups: readonly [number, number, number] }[] };

/** Gives the recorded buffers memory, and makes the bind groups. */
export function replayOf(backend: GpuBackend, recording: Recording): Replay {
  const { device } = backend;
  destroyUnused(backend);
  const buffers = new Set<GpuBuffer>();
  const create = (size: number, usage: number) => {
    const buffer = device.createBuffer({ size: Math.max(alignment, aligned(size)), usage });
    buffers.add(buffer);
    return buffer;
  };
  const inputs = packed(recording.inputs, (size) => create(size, storage | source | target));
  writeConstants(device, recording, create);
  for (const buffer of recording.buffers.filter(({ exclusive }) => exclusive)) buffer.buffer = create(buffer.size, storage | source | target);
  planTemporaries(recording, create);
  copyOnce(backend, recording);
  const sent = sentOf(device, recording.commands);
  const { shape } = recording.output;
  const output = located(recording.output);
  const bytes = new ArrayBuffer(inputs.size);
  return {
    run(given) {
      fill(backend, given, { bytes, starts: inputs.starts });
      if (given.length > 0) backend.queue.writeBuffer(inputs.buffer, 0, bytes);
      backend.ensureCommandEncoderReady();
      backend.endComputePassEncoder();
      const { commandEncoder } = backend;
      given.forEach((tensor, i) => {
        const { resource } = backend.tensorMap.get(tensor.dataId);
        if (!resource) return;
        const from = placeOf(resource);
        backend.commandQueueOwnedIds.add(tensor.dataId);
        commandEncoder.copyBufferToBuffer(from.buffer, from.offset, inputs.buffer, inputs.starts[i]!, 4 * tensor.size);
      });
      for (const part of sent) {
        if ('copy' in part) commandEncoder.copyBufferToBuffer(part.copy.from, part.copy.fromByte, part.copy.to, part.copy.toByte, part.copy.bytes);
        else sendPrograms(commandEncoder.beginComputePass({}), part.programs);
      }
      const result = backend.makeTensorInfo(shape, 'float32');
      commandEncoder.copyBufferToBuffer(output.buffer, output.offset, bufferOf(backend, result) as GpuBuffer, 0, 4 * sizeOf(shape));
      backend.submitQueue();
      return engine().makeTensorFromTensorInfo(result);
    },
    dispose: () => buffers.forEach((buffer) => (buffer as { destroy(): void }).destroy()),
  };
}

function copyOnce(backend: GpuBackend, { once }: Recording): void {
  if (once.length === 0) return;
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  for (const { from, to, bytes } of once) backend.commandEncoder.copyBufferToBuffer(located(from).buffer, located(from).offset, located(to).buffer, located(to).offset, bytes);
  backend.submitQueue();
}

/** Destroys the buffers that tfjs keeps for later tensors, and would never give back: what is replayed has memory of its own. */
function destroyUnused({ bufferManager }: GpuBackend): void {
  for (const unused of bufferManager.freeBuffers.values()) {
    for (const buffer of unused.splice(0)) {
      bufferManager.numFreeBuffers -= 1;
      bufferManager.numBytesAllocated -= buffer.size;
      buffer.destroy();
    }
  }
}

function sendPrograms(pass: GpuComputePass, programs: Extract<Sent, { programs: unknown }>['programs']): void {
  let current: GpuPipeline | undefined;
  for (const { pipeline, bindGroup, workgroups: [x, y, z] } of programs) {
    if (pipeline !== current) pass.setPipeline(pipeline);
    current = pipeline;
    pass.setBindGroup(0, bindGroup);
    pass.dispatchWorkgroups(x, y, z);
  }
  pass.end();
}

/** Copies the numbers that tensors have on the host; those on the GPU are copied there. */
function fill(backend: GpuBackend, given: readonly Tensor[], { bytes, starts }: { bytes: ArrayBuffer; starts: readonly number[] }): void {
  given.forEach(({ dataId, size }, i) => {
    const { resource, values } = backend.tensorMap.get(dataId);
    if (!resource) new Float32Array(bytes, starts[i], size).set(values!);
  });
}

/** Places buffers one after the other in a new one. */
function packed(buffers: readonly PlannedBuffer[], create: (size: number) => GpuBuffer): { buffer: GpuBuffer; starts: number[]; size: number } {
  let size = 0;
  const starts = buffers.map((buffer) => {
    const start = size;
    size += aligned(buffer.size);
    return start;
  });
  const buffer = create(size);
  buffers.forEach((planned, i) => Object.assign(planned, { buffer, offset: starts[i] }));
  return { buffer, starts, size };
}

/** Everything the host wrote while recording, in one buffer; equal numbers once. */
function writeConstants(device: ComputeDevice, { buffers }: Recording, create: (size: number, usage: number) => GpuBuffer): void {
  const byBytes = new Map<string, PlannedBuffer[]>();
  for (const buffer of buffers) {
    if (!buffer.data) continue;
    const key = Buffer.from(buffer.data).toString('latin1');
    byBytes.set(key, [...(byBytes.get(key) ?? []), buffer]);
  }
  const distinct = [...byBytes.values()];
  const { buffer, starts, size } = packed(distinct.map(([first]) => first!), (bytes) => create(bytes, storage | uniform | source | target));
  const bytes = new Uint8Array(size);
  distinct.forEach((same, i) => {
    bytes.set(new Uint8Array(same[0]!.data!), starts[i]);
    for (const planned of same) Object.assign(planned, { buffer, offset: starts[i] });
  });
  if (size > 0) device.queue.writeBuffer(buffer, 0, bytes.buffer);
}

/** Memory for all that only the commands write. */
function planTemporaries({ commands, buffers, output }: Recording, create: (size: number, usage: number) => GpuBuffer): void {
  const lifetimes = new Map<PlannedBuffer, { size: number; first: number; last: number }>();
  const used = ({ buffer }: Place, at: number) => {
    const whole = buffer instanceof PlannedBuffer ? (buffer.within?.whole ?? buffer) : undefined;
    if (!whole || whole.buffer) return;
    const known = lifetimes.get(whole);
    if (known) known.last = at;
    else lifetimes.set(whole, { size: whole.size, first: at, last: at });
  };
  commands.forEach((command, at) => (command.kind === 'run' ? command.places : [command.from, command.to]).forEach((place) => used(place, at)));
  used(output, commands.length);
  const { blocks, blockOf } = planMemory([...lifetimes.values()]);
  const made = blocks.map((size) => create(size, storage | source | target));
  [...lifetimes.keys()].forEach((buffer, i) => { buffer.buffer = made[blockOf[i]!]; });
  for (const buffer of buffers) {
    if (buffer.within) Object.assign(buffer, { buffer: buffer.within.whole.buffer, offset: buffer.within.offset });
  }
}

/** A place once memory is planned: always in a buffer on the GPU. */
function located({ buffer, offset, size }: Place): { buffer: GpuBuffer; offset: number; size: number | undefined } {
  return buffer instanceof PlannedBuffer ? { buffer: buffer.buffer!, offset: buffer.offset + offset, size } : { buffer, offset, size };
}

function sentOf(device: ComputeDevice, commands: readonly Command[]): Sent[] {
  const sent: Sent[] = [];
  for (const command of commands) {
    if (command.kind === 'copy') {
      const [from, to] = [located(command.from), located(command.to)];
      sent.push({ copy: { from: from.buffer, fromByte: from.offset, to: to.buffer, toByte: to.offset, bytes: command.bytes } });
      continue;
    }
    const { layout, pipeline, places, workgroups } = command;
    const bindGroup = device.createBindGroup({ layout, entries: places.map((place, binding) => ({ binding, resource: resourceOf(located(place)) })) });
    const last = sent.at(-1);
    if (last && 'programs' in last) last.programs.push({ pipeline, bindGroup, workgroups });
    else sent.push({ programs: [{ pipeline, bindGroup, workgroups }] });
  }
  return sent;
}

const resourceOf = ({ buffer, offset, size }: ReturnType<typeof located>) => (size === undefined ? { buffer } : { buffer, offset, size });

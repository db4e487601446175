import type { GpuBackend, GpuBindGroupLayout, GpuBuffer, GpuPipeline, GpuResource } from './gpu-backend.js';
import { PlannedBuffer } from './planned-buffer.js';

/** A range of a buffer, planned or on the GPU, in bytes; without a size, to its end. */
export interface Place {
  buffer: PlannedBuffer | GpuBuffer;
  offset: number;
  size: number | undefined;
}

export interface RunCommand {
  kind: 'run';
  pipeline: GpuPipeline;
  layout: GpuBindGroupLayout;
  places: readonly Place[];
  workgroups: readonly [number, number, number];
}

export interface CopyCommand {
  kind: 'copy';
  from: Place;
  to: Place;
  bytes: number;
}

export type Command = RunCommand | CopyCommand;

/** What a backend that records has recorded so far. */
export interface Recorded {
  commands: Command[];
  /** Copies of what was there before, made only once, ahead of all replays. */
  once: CopyCommand[];
}

export const recorded = new WeakMap<GpuBackend, Recorded>();

/** Where a tensor's numbers are. */
export function placeOf(resource: GpuResource): Place {
  if (resource instanceof PlannedBuffer || !('offset' in resource)) return { buffer: resource, offset: 0, size: resource instanceof PlannedBuffer ? resource.size : undefined };
  return { buffer: resource.buffer, offset: resource.offset, size: resource.size };
}

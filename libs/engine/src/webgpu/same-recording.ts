import type { Command, Place } from './commands.js';
import { PlannedBuffer } from './planned-buffer.js';
import type { Recording } from './recording.js';

/** Whether two recordings of one piece of work are the same but for what their inputs hold: then a replay of one stands for the other. */
export function sameRecording(a: Recording, b: Recording): boolean {
  return a.commands.length === b.commands.length && a.once.length === b.once.length && a.buffers.length === b.buffers.length
    && a.buffers.every(({ size, data }, i) => size === b.buffers[i]!.size && sameBytes(data, b.buffers[i]!.data))
    && a.commands.every((command, i) => sameCommand(command, b.commands[i]!))
    && a.once.every((command, i) => sameCommand(command, b.once[i]!))
    && samePlace(a.output, b.output);
}

function sameBytes(a: ArrayBuffer | undefined, b: ArrayBuffer | undefined): boolean {
  return a === undefined || b === undefined ? a === b : Buffer.from(a).equals(Buffer.from(b));
}

function sameCommand(a: Command, b: Command): boolean {
  if (a.kind === 'copy') return b.kind === 'copy' && a.bytes === b.bytes && samePlace(a.from, b.from) && samePlace(a.to, b.to);
  return b.kind === 'run' && a.pipeline === b.pipeline && a.places.length === b.places.length
    && a.workgroups.every((count, i) => count === b.workgroups[i]) && a.places.every((place, i) => samePlace(place, b.places[i]!));
}

function samePlace(a: Place, b: Place): boolean {
  const same = a.buffer instanceof PlannedBuffer ? b.buffer instanceof PlannedBuffer && a.buffer.index === b.buffer.index : a.buffer === b.buffer;
  return same && a.offset === b.offset && a.size === b.size;
}

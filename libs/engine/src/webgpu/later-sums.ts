import type { TensorInfo } from '@tensorflow/tfjs-core';
import { aligned } from './bring-together.js';
import { recorded } from './commands.js';
import { bufferOf, tensorAt } from './gpu-backend.js';
import type { GpuBackend, GpuResource } from './gpu-backend.js';
import { PlannedBuffer } from './planned-buffer.js';
import type { PartSum, PutOff } from './planned-buffer.js';
import { family, runProgram } from './program.js';
import type { Program } from './program.js';
import { rowOfItem, tableOf, tableUniforms } from './tables.js';

/**
 * Sums over parts that a step needs only at its end, the gradients of weights. While a step is recorded they are put off, and `Placed` has them computed
 * by a few programs; whatever else reads one before has it computed on its own. Otherwise they are computed at once, with the same result.
 */

/** [size]; the caller may dispose `parts`. */
export function sumLater(backend: GpuBackend, parts: TensorInfo, sum: PartSum): TensorInfo {
  const whole = backend.makeTensorInfo([sum.size], 'float32');
  const [from, to] = [bufferOf(backend, parts), bufferOf(backend, whole)];
  if (from instanceof PlannedBuffer && to instanceof PlannedBuffer) {
    to.putOff = { sum: { ...sum, parts: from }, compute: () => run(backend, tensorAt(backend, to, whole.shape), tensorAt(backend, from, parts.shape), [{ ...sum, start: 0 }]) };
  } else {
    run(backend, whole, parts, [{ ...sum, start: 0 }]);
  }
  return whole;
}

/** A sum that is put off, and where its numbers go. */
export type Owed = NonNullable<PutOff['sum']> & { start: number };

/** Computes sums that were put off, each into a vector from its `start` on; leaves alone those whose parts cannot be brought together. Returns which were computed: they stay put off for whatever reads them elsewhere. */
export function sumInto(backend: GpuBackend, whole: TensorInfo, given: readonly { resource: GpuResource | undefined; start: number }[]): Set<GpuResource> {
  const placed = given.flatMap(({ resource, start }) => {
    const sum = resource instanceof PlannedBuffer ? resource.putOff?.sum : undefined;
    return sum && sum.parts.uses === 1 && !sum.parts.within ? [{ resource: resource!, owed: { ...sum, start } }] : [];
  });
  const commands = recorded.get(backend)?.commands;
  if (!commands || placed.length === 0) return new Set();
  const writtenAt = new Map<object, number>();
  commands.forEach((command, at) => { if (command.kind === 'run') command.places.forEach(({ buffer }) => writtenAt.set(buffer, at)); });
  const early = placed.map(({ owed }) => owed).sort((a, b) => writtenAt.get(a.parts)! - writtenAt.get(b.parts)!);
  // the last group first, so that the places of those before stay the same
  for (const group of groupsOf(early).reverse()) {
    sumGroup(backend, whole, group);
    commands.splice(writtenAt.get(group.at(-1)!.parts)! + 1, 0, commands.pop()!);
  }
  return new Set(placed.map(({ resource }) => resource));
}

/** Sums of one program: not so many that their parts, kept until it runs, take much memory. */
export function groupsOf(sums: readonly Owed[]): Owed[][] {
  const groups: Owed[][] = [];
  let numbers = 0;
  let known = new Set<PlannedBuffer>();
  for (const sum of sums) {
    const more = known.has(sum.parts) ? 0 : aligned(sum.parts.size / bytesPerNumber);
    // sums of the same parts stay together
    if (more > 0 && (groups.length === 0 || numbers + more > mostNumbers || groups.at(-1)!.length >= mostSums)) {
      groups.push([]);
      [numbers, known] = [0, new Set()];
    }
    groups.at(-1)!.push(sum);
    known.add(sum.parts);
    numbers += more;
  }
  return groups;
}

/** Brings the parts together in one array, and sends the program. */
function sumGroup(backend: GpuBackend, whole: TensorInfo, group: readonly Owed[]): void {
  const starts = new Map<PlannedBuffer, number>();
  let size = 0;
  for (const { parts } of group) {
    if (starts.has(parts)) continue;
    starts.set(parts, size);
    size += aligned(parts.size / bytesPerNumber);
  }
  const together = backend.makeTensorInfo([size], 'float32');
  const all = bufferOf(backend, together) as PlannedBuffer;
  for (const [parts, start] of starts) parts.within = { whole: all, offset: start * bytesPerNumber };
  run(backend, whole, together, group.map(({ parts, first, stride, count, size: length, start }) => ({ first: starts.get(parts)! + first, stride, count, size: length, start })));
}

const bytesPerNumber = 4;
/** Of one program: their table is in its uniforms, which may have 64 KiB. */
const mostSums = 1024;
/** 16 MiB. */
const mostNumbers = 2 ** 22;
const lanes = 64;

/** A sum, and where it begins in the result. */
type Placed = PartSum & { start: number };

function run(backend: GpuBackend, whole: TensorInfo, parts: TensorInfo, sums: readonly Placed[]): void {
  const { uniforms, items } = tableOf(sums.map(({ first, start, size, stride, count }) => ({ items: Math.ceil(size / lanes), numbers: [first, start, size, stride, count] })));
  runProgram(backend, sumsOf(sums.length), { inputs: [parts], into: [whole], shapes: [whole.shape], uniforms, items });
}

/** A workgroup has numbers of one sum only, which it finds in the table by its own number. */
const sumsOf = family((count: number): Program => ({
  name: `later_sums_${count}`, inputs: ['parts'], lanes,
  uniforms: tableUniforms(count),
  body: `
  ${rowOfItem(count)}
  let sum = uniforms.table[2 * row];
  let strides = uniforms.table[2 * row + 1];
  let index = (item - sum.x) * ${lanes} + lane;
  if (index < sum.w && uniforms.size > 0) {
    var total = 0.0;
    for (var part = 0; part < strides.y; part = part + 1) { total = total + parts[sum.y + part * strides.x + index]; }
    result[sum.z + index] = total;
  }`,
}));

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { bufferOf } from './gpu-backend.js';
import type { GpuBackend, GpuResource } from './gpu-backend.js';
import { PlannedBuffer } from './planned-buffer.js';
import type { PartSum } from './planned-buffer.js';
import { family, runProgram } from './program.js';
import type { Program } from './program.js';
import { ints } from './uniforms.js';
import type { Uniform } from './uniforms.js';

/**
 * Sums over parts that a step needs only at its end, the gradients of small weights. While a step is recorded they are put off, and `Placed` computes
 * all of them in one program; whatever else reads one before has it computed on its own. Otherwise they are computed at once, with the same result.
 */

/** [size]; the caller may dispose `parts`. */
export function sumLater(backend: GpuBackend, parts: TensorInfo, sum: PartSum): TensorInfo {
  const whole = backend.makeTensorInfo([sum.size], 'float32');
  const [from, to] = [bufferOf(backend, parts), bufferOf(backend, whole)];
  if (from instanceof PlannedBuffer && to instanceof PlannedBuffer) to.putOff = { ...sum, parts: from };
  else run(backend, whole, parts, [{ ...sum, start: 0 }]);
  return whole;
}

/** Computes a sum that was put off, if this is one. */
export function sumNow(backend: GpuBackend, whole: TensorInfo): void {
  const { resource } = backend.tensorMap.get(whole.dataId);
  if (!(resource instanceof PlannedBuffer) || !resource.putOff) return;
  const { parts, ...sum } = resource.putOff;
  resource.putOff = undefined;
  run(backend, whole, tensorIn(backend, parts), [{ ...sum, start: 0 }]);
}

/** Computes sums that were put off, each into a vector from its `start` on; leaves alone those whose parts cannot be brought together. Returns which were computed: they stay put off for whatever reads them elsewhere. */
export function sumInto(backend: GpuBackend, whole: TensorInfo, given: readonly { resource: GpuResource | undefined; start: number }[]): Set<GpuResource> {
  const placed = given.flatMap(({ resource, start }) => (resource instanceof PlannedBuffer && resource.putOff && resource.putOff.parts.uses === 1 ? [{ resource, start, ...resource.putOff }] : []));
  if (placed.length === 0) return new Set();
  const starts = new Map<PlannedBuffer, number>();
  let size = 0;
  for (const { parts } of placed) {
    if (starts.has(parts)) continue;
    starts.set(parts, size);
    size += aligned(parts.size / bytesPerNumber);
  }
  const together = backend.makeTensorInfo([size], 'float32');
  const all = bufferOf(backend, together) as PlannedBuffer;
  for (const [parts, start] of starts) parts.within = { whole: all, offset: start * bytesPerNumber };
  for (let from = 0; from < placed.length; from += mostSums) {
    run(backend, whole, together, placed.slice(from, from + mostSums).map(({ parts, first, stride, count, size: length, start }) => ({ first: starts.get(parts)! + first, stride, count, size: length, start })));
  }
  return new Set(placed.map(({ resource }) => resource));
}

const bytesPerNumber = 4;
/** WebGPU's guarantee for where a binding may start, in numbers. */
const aligned = (numbers: number) => Math.ceil(numbers / 64) * 64;
/** Of one program: their table is in its uniforms, which may have 64 KiB. */
const mostSums = 1024;
const lanes = 64;

function tensorIn(backend: GpuBackend, buffer: PlannedBuffer): TensorInfo {
  const info = backend.makeTensorInfo([buffer.size / bytesPerNumber], 'float32');
  backend.tensorMap.get(info.dataId).resource = buffer;
  return info;
}

/** A sum, and where it begins in the result. */
type Placed = PartSum & { start: number };

function run(backend: GpuBackend, whole: TensorInfo, parts: TensorInfo, sums: readonly Placed[]): void {
  let items = 0;
  const table = sums.map(({ first, stride, count, size, start }) => {
    const row = [items, first, start, size, stride, count, 0, 0];
    items += Math.ceil(size / lanes);
    return row;
  });
  // the table is an array of vec4s, which begins at a multiple of 16 bytes
  const uniforms: Uniform[] = [ints(0), ints(0), ints(0), ...table.flat().map((number) => ints(number))];
  runProgram(backend, sumsOf(sums.length), { inputs: [parts], into: [whole], shapes: [whole.shape], uniforms, items });
}

/** A workgroup has numbers of one sum only, which it finds in the table by its own number. */
const sumsOf = family((count: number): Program => ({
  name: `later_sums_${count}`, inputs: ['parts'], lanes,
  uniforms: `pad0 : i32, pad1 : i32, pad2 : i32, table : array<vec4<i32>, ${2 * count}>,`,
  body: `
  var found = 0;
  for (var step = ${2 ** Math.ceil(Math.log2(count + 1))}; step > 0; step = step / 2) {
    if (found + step < ${count} && uniforms.table[2 * (found + step)].x <= item) { found = found + step; }
  }
  let sum = uniforms.table[2 * found];
  let strides = uniforms.table[2 * found + 1];
  let index = (item - sum.x) * ${lanes} + lane;
  if (index < sum.w && uniforms.size > 0) {
    var total = 0.0;
    for (var part = 0; part < strides.y; part = part + 1) { total = total + parts[sum.y + part * strides.x + index]; }
    result[sum.z + index] = total;
  }`,
}));

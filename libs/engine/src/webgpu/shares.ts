import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf } from '../kernel-inputs.js';
import { partsTogether } from './addends.js';
import type { Addend } from './addends.js';
import { bufferOf, tensorAt } from './gpu-backend.js';
import type { GpuBackend, GpuResource } from './gpu-backend.js';
import { PlannedBuffer } from './planned-buffer.js';
import { runProgram } from './program.js';
import { ints } from './uniforms.js';

/**
 * Maps that were computed in shares, by workgroups of their own, which are still to be added up. While a step is recorded that is put off: a norm
 * that reads such a map adds up the shares itself, and whatever else reads it first has it computed. Otherwise it is computed at once, with the same result.
 */

/** What is added to a map before it is stored. */
export interface Added {
  added: readonly Addend[];
  tensors: readonly TensorInfo[];
}

export const nothing: Added = { added: [], tensors: [] };

/** [count][shape of the map], and what is added to their sum. */
export interface Shares extends Added {
  parts: TensorInfo;
  count: number;
}

interface Kept extends Pick<Shares, 'added' | 'count'> {
  parts: GpuResource;
  resources: readonly GpuResource[];
}

const keptOf = new WeakMap<PlannedBuffer, Kept>();

/** The sum over the first dimension of `parts`, which are no longer needed, and of what is added. */
export function sumOfShares(backend: GpuBackend, parts: TensorInfo, shape: number[], { added, tensors }: Added = nothing): TensorInfo {
  const count = parts.shape[0]!;
  const whole = backend.makeTensorInfo(shape, 'float32');
  const [from, to] = [bufferOf(backend, parts), bufferOf(backend, whole)];
  if (from instanceof PlannedBuffer && to instanceof PlannedBuffer) {
    const kept = { added, count, parts: from, resources: tensors.map((tensor) => bufferOf(backend, tensor)) };
    keptOf.set(to, kept);
    to.putOff = { compute: () => addUp(backend, tensorAt(backend, to, shape), asTensors(backend, kept)) };
  } else {
    addUp(backend, whole, { added, tensors, parts, count });
  }
  backend.disposeData(parts.dataId);
  return whole;
}

function addUp(backend: GpuBackend, whole: TensorInfo, { parts, count, added, tensors }: Shares): void {
  const { shape } = whole;
  const sizes = added.length > 0 ? [ints(sizeOf(shape.slice(1, -1))), ints(shape.at(-1)!)] : [];
  runProgram(backend, partsTogether(added), { inputs: [parts, ...tensors], uniforms: [ints(count), ...sizes], shapes: [shape], into: [whole] });
}

const asTensors = (backend: GpuBackend, { parts, resources, ...kept }: Kept): Shares =>
  ({ ...kept, parts: tensorAt(backend, parts, [0]), tensors: resources.map((resource) => tensorAt(backend, resource, [0])) });

/** Of a map whose sum is put off. */
export function sharesIn(backend: GpuBackend, { dataId }: TensorInfo): Shares | undefined {
  const { resource } = backend.tensorMap.get(dataId);
  const kept = resource instanceof PlannedBuffer && resource.putOff ? keptOf.get(resource) : undefined;
  return kept && asTensors(backend, kept);
}

/** The same if at most two arrays are added; then the caller computes the map. */
export function takeShares(backend: GpuBackend, map: TensorInfo): Shares | undefined {
  const shares = sharesIn(backend, map);
  if (!shares || shares.added.length > 2) return undefined;
  (backend.tensorMap.get(map.dataId).resource as PlannedBuffer).putOff = undefined;
  return shares;
}

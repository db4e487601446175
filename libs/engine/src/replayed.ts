import * as tf from '@tensorflow/tfjs-core';
import type { GpuBackend, GpuResource } from './webgpu/gpu-backend.js';
import { record } from './webgpu/recording.js';
import type { Recording } from './webgpu/recording.js';
import { replayOf } from './webgpu/replay.js';
import type { Replay } from './webgpu/replay.js';
import { sameRecording } from './webgpu/same-recording.js';

/** Whether `webgpu` replays; off, everything runs each time, with the same results. */
export const replayFlag = 'WEBGPU_REPLAY';
tf.env().registerFlag(replayFlag, () => true);

/** Work that is done again and again with other numbers in tensors of the same shapes. */
export interface Replayed<Inputs extends object> {
  /** The work's result, the caller's. */
  (inputs: Inputs): tf.Tensor;
  dispose(): void;
}

/**
 * The same work, but on `webgpu` its JavaScript runs only twice for given shapes: what it sends to the GPU is recorded, and later calls send that again
 * with the values of the tensors in `inputs`. Everything else that the work uses must be the same in each call: tensors from outside it, numbers, the
 * random stream. The second call records again, and if the two recordings differ, the work is not replayed but runs each time, as on other backends.
 * A call with other shapes is recorded in place of the one before. The work returns float32 numbers, and does not read results. Dispose it when the tensors it uses are disposed.
 */
export function replayed<Inputs extends object>(work: (inputs: Inputs) => tf.Tensor): Replayed<Inputs> {
  let held: Held | undefined;
  const refused = new Set<string>();
  const drop = () => {
    held?.replay.dispose();
    held = undefined;
  };
  const call = (inputs: Inputs): tf.Tensor => {
    const backend = replayingBackend();
    const tensors = tensorsOf(inputs);
    const key = shapesOf(inputs);
    if (!backend || refused.has(key) || !tensors.every(({ dtype, size }) => dtype === 'float32' && size > 0)) return work(inputs);
    if (held && !(held.key === key && held.backend === backend && stillThere(held))) drop();
    if (held?.confirmed) return held.replay.run(tensors);
    const recording = record(backend, tensors, (standIns) => work(withTensors(inputs, standIns)));
    if (held && !sameRecording(held.recording, recording)) {
      drop();
      refused.add(key);
      return work(inputs);
    }
    held = held ? { ...held, confirmed: true } : { key, backend, recording, replay: replayOf(backend, recording), confirmed: false };
    return held.replay.run(tensors);
  };
  return Object.assign(call, { dispose: drop });
}

interface Held {
  key: string;
  backend: GpuBackend;
  recording: Recording;
  replay: Replay;
  /** Recorded twice, with the same commands. */
  confirmed: boolean;
}

/** The backend, if it can replay; not while kernels are timed one by one (`tf.profile`, `tf.time`). */
function replayingBackend(): GpuBackend | undefined {
  if (tf.getBackend() !== 'webgpu' || !tf.env().getBool(replayFlag) || tf.env().getBool('DEBUG')) return undefined;
  const backend = tf.backend() as unknown as GpuBackend;
  const { profiling } = (tf.engine() as unknown as { state: { profiling: boolean } }).state;
  return profiling || backend.activeTimers ? undefined : backend;
}

/** Whether the tensors from outside are still where they were. */
function stillThere({ backend, recording: { outside } }: Held): boolean {
  for (const [dataId, resource] of outside as ReadonlyMap<object, GpuResource>) if (!backend.tensorMap.has(dataId) || backend.tensorMap.get(dataId).resource !== resource) return false;
  return true;
}

function tensorsOf(inputs: object): tf.Tensor[] {
  return Object.values(inputs).filter((value) => value instanceof tf.Tensor);
}

const shapesOf = (inputs: object): string => Object.entries(inputs).map(([name, value]) => `${name} ${value instanceof tf.Tensor ? value.shape.join() : ''}`).join(';');

function withTensors<Inputs extends object>(inputs: Inputs, tensors: readonly tf.Tensor[]): Inputs {
  let next = 0;
  return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, value instanceof tf.Tensor ? tensors[next++] : value])) as Inputs;
}

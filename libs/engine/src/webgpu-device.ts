import { setImmediate } from 'node:timers/promises';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { GpuDevice, GpuErrorEvent } from './webgpu-api.js';

/** What made a device unusable, if anything has; its results after that are invalid. */
export type Failure = () => ElucidateError | undefined;

/** Listens for what WebGPU reports nowhere else: commands to a lost device do nothing, and a rejected command leaves its output unchanged. */
export function watchDevice(device: GpuDevice): Failure {
  let failure: ElucidateError | undefined;
  device.addEventListener('uncapturederror', (event) => {
    event.preventDefault();
    failure ??= refused(event);
  });
  void device.lost.then(({ reason, message }) => {
    failure ??= new ElucidateError('engine.lost', `The GPU was lost (${reason}: ${firstLine(message)}); training goes on from its last checkpoint when the stage runs again`, { details: { reason, message } });
  });
  return () => failure;
}

function refused({ error }: GpuErrorEvent): ElucidateError {
  const details = { message: error.message };
  if (error.constructor.name === 'GPUOutOfMemoryError') {
    return new ElucidateError('engine.out_of_device_memory', `The GPU's memory is full (${firstLine(error.message)}); use a smaller batch or network, or fewer workers on this GPU`, { details });
  }
  return new ElucidateError('stage.failed', `The GPU refused a command (${firstLine(error.message)}); a smaller batch may help, and --backend simd computes it`, { details });
}

const firstLine = (message: string) => message.split('\n')[0];

/** The part of a tfjs backend through which every result is read. */
export interface Readable {
  read(dataId: object): Promise<unknown>;
  readSync(dataId: object): unknown;
}

/** Makes every read of a backend reject once its device has failed: otherwise a full GPU silently returns stale numbers. */
export function guardReads(backend: Readable, failure: Failure): void {
  const read = backend.read.bind(backend);
  const readSync = backend.readSync.bind(backend);
  const check = () => {
    const failed = failure();
    if (failed) throw failed;
  };
  backend.read = async (dataId) => {
    check();
    try {
      const values = await read(dataId);
      check();
      return values;
    } catch (cause) {
      // a loss may be reported right after the read that it interrupted
      await setImmediate();
      check();
      throw cause;
    }
  };
  backend.readSync = (dataId) => {
    check();
    try {
      // only of numbers that are still here: a browser reads the others by a canvas
      return readSync(dataId);
    } catch (cause) {
      throw new ElucidateError('stage.failed', 'A GPU behind webgpu gives its numbers later, and this stage needs them at once; run it with --backend simd', { cause });
    }
  };
}

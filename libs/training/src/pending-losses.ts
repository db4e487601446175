import type * as tf from '@tensorflow/tfjs-core';

/** Losses that are read from a device while later steps are under way. */
export interface PendingLosses {
  /** Reads the loss of the step that has begun last, and disposes it. */
  read(value: tf.Tensor): Promise<number>;
  /** When every loss is known. Rejects if one cannot be read. */
  settled(): Promise<unknown>;
}

/** Known losses that are finite are appended to `losses`, in the order of their steps; `onDiverged` is called for each of the others. */
export function pendingLosses(losses: number[], onDiverged: () => void): PendingLosses {
  let last: Promise<unknown> = Promise.resolve();
  const known = async (value: tf.Tensor, before: Promise<unknown>): Promise<number> => {
    const [[loss]] = await Promise.all([value.data() as Promise<Float32Array>, before]) as [Float32Array, unknown];
    value.dispose();
    if (Number.isFinite(loss)) losses.push(loss!);
    else onDiverged();
    return loss!;
  };
  return {
    read: (value) => {
      const result = known(value, last);
      last = result;
      return result;
    },
    settled: () => last,
  };
}

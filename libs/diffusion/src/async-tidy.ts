import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, TensorContainer } from '@tensorflow/tfjs-core';

/** Takes note of a tensor, and gives it back. */
export type Note = <T extends Tensor>(tensor: T) => T;

/** As tf.tidy, for work that has to wait, which tf.tidy may not: disposes the tensors that the work takes note of, but for those it gives. */
export async function asyncTidy<R>(work: (note: Note) => Promise<R>): Promise<R> {
  const noted = new Set<Tensor>();
  const note: Note = (tensor) => {
    noted.add(tensor);
    return tensor;
  };
  try {
    const result = await work(note);
    for (const tensor of tf.tensor_util.getTensorsInContainer(result as TensorContainer)) noted.delete(tensor);
    return result;
  } finally {
    tf.dispose([...noted]);
  }
}

import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, TensorContainer } from '@tensorflow/tfjs-core';

/** Registers a tensor and returns it. */
export type Note = <T extends Tensor>(tensor: T) => T;

/** tf.tidy for asynchronous work, which tf.tidy does not allow: disposes the tensors that the work registers, except those it returns. */
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

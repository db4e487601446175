import type * as tf from '@tensorflow/tfjs-core';
import { valueAndGrads } from '@elucidate/engine/gradients';

/** A loss over a batch, differentiable in the weights. */
export type LossOf<B> = (weights: Readonly<Record<string, tf.Tensor>>, batch: B) => tf.Scalar;

/** The loss, and its gradient for each weight in the order of `weights`; owned by the caller. */
export function lossAndGradients(lossOf: (weights: Readonly<Record<string, tf.Tensor>>) => tf.Scalar, weights: Readonly<Record<string, tf.Tensor>>): { loss: tf.Scalar; gradients: tf.Tensor[] } {
  const names = Object.keys(weights);
  const { value, grads } = valueAndGrads((...given: tf.Tensor[]) => lossOf(Object.fromEntries(names.map((name, i) => [name, given[i]!]))))(Object.values(weights));
  return { loss: value as tf.Scalar, gradients: grads };
}

import * as tf from '@tensorflow/tfjs-core';
import { adamNumbers } from '@elucidate/engine/adam-plan';
import { replayed, type Replayed } from '@elucidate/engine/replayed';
import type { TrainState } from './checkpoint.js';
import { type Layout, layoutOf, packed, readVector, type Vectors } from './device-vectors.js';
import type { HostWeights } from './host-weights.js';
import { lossAndGradients, type LossOf } from './loss-gradients.js';
import { pendingLosses } from './pending-losses.js';
import type { Trainer } from './trainer.js';

/** Numbers between the starts of two weights in a vector: a program may be given a part of it that starts there. */
const alignment = 64;

/** Whether the current backend has the kernels that this trainer needs. */
export function stepsAreReplayed(): boolean {
  return tf.getKernel('AdamInPlace', tf.getBackend()) != null;
}

interface Step {
  loss: LossOf<never>;
  take: Replayed<object>;
}

/**
 * Keeps weights, average and moments on the device, as `deviceTrainer` does, and takes a step by sending the device the same commands again: only
 * the batch and the optimiser's numbers change. Whether a loss is finite is judged there, so that the next step may begin before it is known here.
 */
export function replayedTrainer({ weights, ema, adam, losses }: TrainState): Trainer {
  const layout = layoutOf(weights, alignment);
  const vectors: Vectors = { weights: packed(weights, layout), ema: packed(ema, layout), first: packed(adam.first, layout), second: packed(adam.second, layout) };
  let { steps } = adam;
  let current: Step | undefined;
  const pending = pendingLosses(losses, () => { steps -= 1; });
  const stepBy = <B extends object>(loss: LossOf<B>): Step => {
    if (current?.loss === loss) return current;
    current?.take.dispose();
    return (current = { loss, take: replayed(stepOn(vectors, layout, loss)) as Replayed<object> });
  };
  return {
    queues: true,
    step(loss, batch, plan) {
      steps += 1;
      const adamPlan = tf.tensor1d(adamNumbers({ ...plan, steps }));
      const value = stepBy(loss).take({ ...batch, adamPlan });
      adamPlan.dispose();
      return pending.read(value);
    },
    async state() {
      await pending.settled();
      // one after the other, so that all are copied to the same memory
      const [weightsNow, emaNow] = [await readCopy(vectors.weights, layout), await readCopy(vectors.ema, layout)];
      const [first, second] = [await readCopy(vectors.first, layout), await readCopy(vectors.second, layout)];
      return { weights: weightsNow, ema: emaNow, adam: { steps, first, second }, losses: [...losses] };
    },
    dispose() {
      current?.take.dispose();
      tf.dispose(vectors);
    },
  };
}

/**
 * The loss of a batch before a step, and the step. By the backend's kernels: 'Views' { x [n]; shapes, starts } -> the parts of x that start there, in its
 * memory; 'Placed' { tensors; size, starts } -> [size], the tensors from there on, zero elsewhere; 'AdamInPlace' { gradient, plan, loss, weights, ema, first,
 * second }, which changes the last four, unless the loss is not finite.
 */
function stepOn<B extends object>(vectors: Vectors, { parts, size }: Layout, lossOf: LossOf<B>) {
  const [shapes, starts] = [parts.map(({ shape }) => shape), parts.map(({ start }) => start)];
  return ({ adamPlan: plan, ...batch }: { adamPlan: tf.Tensor }): tf.Tensor => tf.tidy(() => {
    const weights = tf.engine().runKernel<tf.Tensor[]>('Views', { x: vectors.weights }, { shapes, starts });
    const { loss, gradients } = lossAndGradients((named) => lossOf(named, batch as B), Object.fromEntries(parts.map(({ name }, i) => [name, weights[i]!])));
    const gradient = tf.engine().runKernel<tf.Tensor>('Placed', { ...gradients } as unknown as tf.NamedTensorMap, { size, starts });
    tf.engine().runKernel('AdamInPlace', { ...vectors, gradient, plan, loss });
    return loss;
  });
}

/** A copy is read: tfjs would keep the numbers it has read, and give them again after later steps. */
async function readCopy(vector: tf.Tensor1D, layout: Layout): Promise<HostWeights> {
  const [copy] = tf.split(vector, [vector.size]) as [tf.Tensor1D];
  try {
    return await readVector(copy, layout);
  } finally {
    copy.dispose();
  }
}

import * as tf from '@tensorflow/tfjs-core';
import type { TrainState } from './checkpoint.js';
import { fromTensors, toTensors } from './host-weights.js';
import { lossAndGradients } from './loss-gradients.js';
import { tracksStep } from './optimiser.js';
import type { Trainer } from './trainer.js';

/** Whether the current backend has the kernel that this trainer needs. */
export function stepsInPlace(): boolean {
  return tf.getKernel('AdamStep', tf.getBackend()) != null;
}

/** Keeps everything but tracks where the backend computes; one kernel clips, steps and averages there: bitwise the results of `hostTrainer`, without its copies. */
export function inPlaceTrainer({ weights, ema, adam, losses, tracks }: TrainState): Trainer {
  const names = Object.keys(weights);
  const sets = { weights: toTensors(weights), first: toTensors(adam.first), second: toTensors(adam.second), ema: toTensors(ema) };
  const inOrder = (set: Record<string, tf.Tensor>): tf.Tensor[] => names.map((name) => set[name]!);
  let { steps } = adam;
  return {
    async step(lossOf, batch, { trackDecays, ...plan }) {
      const { loss, gradients } = lossAndGradients((weights) => lossOf(weights, batch), sets.weights);
      const value = (await loss.data())[0]!;
      if (Number.isFinite(value)) {
        steps += 1;
        losses.push(value);
        const inputs = [inOrder(sets.weights), gradients, inOrder(sets.first), inOrder(sets.second), inOrder(sets.ema)].flat();
        tf.engine().runKernel('AdamStep', { ...inputs } as unknown as tf.NamedTensorMap, { ...plan, steps });
        if (tracks) tracksStep(tracks, await fromTensors(sets.weights), trackDecays);
      }
      tf.dispose([loss, gradients]);
      return value;
    },
    async state() {
      const [first, second] = [await fromTensors(sets.first), await fromTensors(sets.second)];
      return { weights: await fromTensors(sets.weights), ema: await fromTensors(sets.ema), adam: { steps, first, second }, losses: [...losses], ...(tracks && { tracks }) };
    },
    dispose: () => tf.dispose(sets),
  };
}

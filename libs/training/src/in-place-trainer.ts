import * as tf from '@tensorflow/tfjs-core';
import { valueAndGrads } from '@elucidate/engine/gradients';
import type { TrainState } from './checkpoint.js';
import { fromTensors, type HostWeights, toTensors } from './host-weights.js';
import { adamDefaults } from './optimiser.js';
import type { Trainer } from './trainer.js';

/** Whether the current backend has the kernel that this trainer is made of. */
export function stepsInPlace(): boolean {
  return tf.getKernel('AdamStep', tf.getBackend()) != null;
}

/** Keeps everything where the backend computes, and lets one kernel clip, step and average there: the bits of `hostTrainer`, without its copies. */
export function inPlaceTrainer({ weights, ema, adam, losses }: TrainState): Trainer {
  const names = Object.keys(weights);
  const held = (set: HostWeights): tf.Tensor[] => {
    const tensors = toTensors(set);
    return names.map((name) => tensors[name]!);
  };
  const sets = { weights: held(weights), first: held(adam.first), second: held(adam.second), ema: held(ema) };
  let { steps } = adam;
  return {
    async step(lossOf, plan) {
      const { value, grads } = valueAndGrads((...given: tf.Tensor[]) => lossOf(Object.fromEntries(names.map((name, i) => [name, given[i]!]))))(sets.weights);
      const loss = (await value.data())[0]!;
      if (Number.isFinite(loss)) {
        steps += 1;
        losses.push(loss);
        const inputs = { ...[...sets.weights, ...grads, ...sets.first, ...sets.second, ...sets.ema] } as unknown as tf.NamedTensorMap;
        tf.engine().runKernel('AdamStep', inputs, { ...plan, ...adamDefaults, steps });
      }
      tf.dispose([value, grads]);
      return loss;
    },
    async state() {
      const read = (set: tf.Tensor[]) => fromTensors(Object.fromEntries(names.map((name, i) => [name, set[i]!])));
      return { weights: await read(sets.weights), ema: await read(sets.ema), adam: { steps, first: await read(sets.first), second: await read(sets.second) }, losses: [...losses] };
    },
    dispose: () => tf.dispose(sets),
  };
}

import * as tf from '@tensorflow/tfjs-core';
import type { TrainState } from './checkpoint.js';
import { fromTensors, type HostWeights, toTensors } from './host-weights.js';
import { lossAndGradients, type LossOf } from './loss-gradients.js';
import { type AdamOptions, adamStep, clipGlobalNorm, emaStep, tracksStep } from './optimiser.js';

export interface StepPlan extends Required<AdamOptions> {
  /** Gradients are scaled so that their global norm is at most this; Infinity means no clipping. */
  gradientLimit: number;
  /** The EMA's decay. */
  decay: number;
  /** The decays of the state's tracks. */
  trackDecays?: readonly number[];
}

/** Holds everything that training changes and takes its steps: Adam, clipped gradients, an average of the weights. */
export interface Trainer {
  /** Whether a step may begin, and others after it, before the loss of the one before is known. Default: no. */
  readonly queues?: boolean;
  /**
   * Takes one step and returns the loss before it; a loss that is not finite changes nothing. Steps on the same function `loss` are the cheaper for it: what
   * changes from one to the next should be in tensors of the batch.
   */
  step<B extends object>(loss: LossOf<B>, batch: B, plan: StepPlan): Promise<number>;
  /** The whole state in host memory, as it is now; later steps may change it. */
  state(): Promise<TrainState>;
  dispose(): void;
}

/** Keeps everything in host memory: in every step, weights go to the backend and gradients come back. Its bits depend on the gradients alone. */
export function hostTrainer(state: TrainState): Trainer {
  return {
    async step(lossOf, batch, { gradientLimit, decay, trackDecays, ...adam }) {
      const { loss, gradients } = await readBack((weights) => lossOf(weights, batch), state.weights);
      if (!Number.isFinite(loss)) return loss;
      clipGlobalNorm(gradients, gradientLimit);
      adamStep(state.weights, gradients, state.adam, adam);
      emaStep(state.ema, state.weights, decay);
      tracksStep(state.tracks, state.weights, trackDecays);
      state.losses.push(loss);
      return loss;
    },
    state: () => Promise.resolve(state),
    dispose: () => {},
  };
}

async function readBack(lossOf: (weights: Readonly<Record<string, tf.Tensor>>) => tf.Scalar, weights: HostWeights): Promise<{ loss: number; gradients: HostWeights }> {
  const tensors = toTensors(weights);
  const { loss, gradients } = lossAndGradients(lossOf, tensors);
  const value = (await loss.data())[0]!;
  const read = await fromTensors(Object.fromEntries(Object.keys(tensors).map((name, i) => [name, gradients[i]!])));
  tf.dispose([tensors, loss, gradients]);
  return { loss: value, gradients: read };
}

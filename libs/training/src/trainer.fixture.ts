import * as tf from '@tensorflow/tfjs-core';
import { randomStream } from '@elucidate/diffusion/noise';
import { unet } from '@elucidate/diffusion/unet';
import type { TrainState } from './checkpoint.js';
import { copyWeights, fromTensors, type HostWeights } from './host-weights.js';
import { adamDefaults, adamStart } from './optimiser.js';
import type { StepPlan, Trainer } from './trainer.js';

const network = unet({ channels: [4, 8], blocks: 1, attention: false, groups: 2, inChannels: 1 });

/** A small network at initialisation. */
export async function start(): Promise<TrainState> {
  const tensors = network.init(3);
  const weights = await fromTensors(tensors);
  tf.dispose(tensors);
  return { weights, ema: copyWeights(weights), adam: adamStart(weights), losses: [] };
}

interface NoisyImages {
  x: tf.Tensor4D;
  noise: tf.Tensor4D;
  scale: tf.Scalar;
}

/** Predicts noise images from their sum with another one. */
const noiseLoss = (weights: Readonly<Record<string, tf.Tensor>>, { x, noise, scale }: NoisyImages): tf.Scalar =>
  tf.tidy(() => tf.mul<tf.Scalar>(scale, tf.mean(tf.squaredDifference(network.apply(weights, tf.add(x, noise), { level: tf.zeros([2]) }), noise))));

/** Losses of steps on images that differ from step to step, as does the learning rate. `scale` makes the gradient norm larger or smaller than the limit; `plan` overrides the defaults; `queued`: each begins before the loss of the one before is known. */
export async function steps(trainer: Trainer, { from, to, scale = 1, plan, queued = false }: { from: number; to: number; scale?: number; plan?: Partial<StepPlan>; queued?: boolean }): Promise<number[]> {
  const losses: Promise<number>[] = [];
  for (let i = from; i < to; i += 1) {
    const random = randomStream([7, i]);
    const image = () => tf.tensor4d(Float32Array.from({ length: 2 * 8 * 8 }, () => random.normal()), [2, 8, 8, 1]);
    const batch = { x: image(), noise: image(), scale: tf.scalar(scale) };
    losses.push(trainer.step(noiseLoss, batch, { ...adamDefaults, learningRate: 1e-3 * (i + 1), gradientLimit: 1, decay: 0.9, ...plan }));
    if (!queued) await losses.at(-1);
    tf.dispose(Object.values(batch));
  }
  return Promise.all(losses);
}

/** The same state with its names in the opposite order. */
export function turnedRound({ weights, ema, adam, losses }: TrainState): TrainState {
  const turned = (set: HostWeights) => Object.fromEntries(Object.entries(set).reverse());
  return { weights: turned(weights), ema: turned(ema), adam: { steps: adam.steps, first: turned(adam.first), second: turned(adam.second) }, losses };
}

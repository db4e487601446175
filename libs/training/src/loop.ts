import { setImmediate } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import { decayOf } from '@elucidate/diffusion/ema';
import { trainingLoss, type TrainingBatch } from '@elucidate/diffusion/losses';
import { contentId } from '@elucidate/experiment/canonical';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { StageProgress } from '@elucidate/experiment/execution';
import { networkWith, trainingDesign, type TrainingDesign, type TrainParams } from './build.js';
import { loadCheckpoint, saveCheckpoint, type TrainState } from './checkpoint.js';
import { copyWeights, fromTensors, type HostWeights, toTensors } from './host-weights.js';
import type { ByteImages } from './images.js';
import { oneCycle } from './lr-plan.js';
import { adamStart, adamStep, clipGlobalNorm, emaStep } from './optimiser.js';
import { epochOrders } from './order.js';
import { trainBatch } from './train-batch.js';

export interface TrainHooks {
  /** Where checkpoints are kept between attempts; none are written without it. */
  checkpointDir?: string;
  /** Time between checkpoints; results do not depend on it. */
  checkpointEveryMs?: number;
  signal?: AbortSignal;
  onProgress?(progress: StageProgress): void;
  onLog?(line: string): void;
}

export interface Trained {
  weights: HostWeights;
  ema: HostWeights;
  /** Loss of each step, in order; the last step may have fewer images than a batch. */
  losses: number[];
}

const gradientLimit = 1;
/** The EMA's half-life is at most this share of the images seen so far, so that the random start is soon forgotten. EDM's training loop uses the same. */
const emaRamp = 0.05;

/**
 * Trains a network on images in the resolution that `params` names: Adam, one-cycle learning rate, gradients clipped to norm 1.
 * Resumes from `checkpointDir`; on a deterministic backend a resumed training ends with the same weights, bit for bit.
 * Throws stage.diverged when the loss is not finite and, once a checkpoint is written, stage.interrupted when the signal aborts.
 */
export async function train(params: TrainParams, images: ByteImages, hooks: TrainHooks = {}): Promise<Trained> {
  const design = trainingDesign(params);
  const state = (await resumed(params, hooks)) ?? await startState(params, design);
  const steps = Math.ceil(params.images / params.batch);
  const keep = checkpointKeeper(params, state, hooks);
  const orderOf = epochOrders(images.count, params.seed);
  for (let step = state.adam.steps; step < steps; step += 1) {
    if (hooks.signal?.aborted) {
      await keep.now();
      throw new ElucidateError('stage.interrupted', `Training stopped before step ${step + 1} of ${steps}; it goes on from there when the stage runs again`);
    }
    const count = Math.min(params.batch, params.images - step * params.batch);
    const batch = trainBatch({ images, orderOf, schedule: design.schedule, b: params.inputScale, seed: params.seed, batch: params.batch, count, step });
    const learningRate = oneCycle((step * params.batch) / params.images, { peak: params.learningRate });
    const loss = await trainStep({ params, design, state }, batch, learningRate);
    hooks.onProgress?.({ fraction: (step + 1) / steps, note: `step ${step + 1} of ${steps}, loss ${loss.toFixed(4)}`, values: { step: step + 1, loss, learningRate } });
    await keep.whenDue();
    await setImmediate();
  }
  return { weights: state.weights, ema: state.ema, losses: state.losses };
}

interface Training {
  params: TrainParams;
  design: TrainingDesign;
  state: TrainState;
}

/** One step; changes the state, disposes the batch, gives the loss before it. */
async function trainStep({ params, design, state }: Training, batch: TrainingBatch, learningRate: number): Promise<number> {
  const { loss, gradients } = await lossAndGradients(design, state.weights, batch);
  const step = state.adam.steps + 1;
  if (!Number.isFinite(loss)) throw new ElucidateError('stage.diverged', `The loss became ${loss} at step ${step}; lower learningRate (${params.learningRate})`, { details: { step, loss: String(loss) } });
  clipGlobalNorm(gradients, gradientLimit);
  adamStep(state.weights, gradients, state.adam, { learningRate });
  const halfLifeImages = Math.min(params.emaHalfLifeImages, step * params.batch * emaRamp);
  emaStep(state.ema, state.weights, decayOf(halfLifeImages, params.batch));
  state.losses.push(loss);
  return loss;
}

async function lossAndGradients({ network, options }: TrainingDesign, weights: HostWeights, batch: TrainingBatch): Promise<{ loss: number; gradients: HostWeights }> {
  const tensors = toTensors(weights);
  const names = Object.keys(tensors);
  const { value, grads } = tf.valueAndGrads((...given: tf.Tensor[]) => {
    const named = Object.fromEntries(names.map((name, i) => [name, given[i]!]));
    return trainingLoss(networkWith(network, named), batch, options);
  })(Object.values(tensors));
  const loss = (await value.data())[0]!;
  const gradients = await fromTensors(Object.fromEntries(names.map((name, i) => [name, grads[i]!])));
  tf.dispose([tensors, value, grads, batch.x0, batch.eps]);
  return { loss, gradients };
}

async function startState({ seed }: TrainParams, { network }: TrainingDesign): Promise<TrainState> {
  const tensors = network.init(seed);
  const weights = await fromTensors(tensors);
  tf.dispose(tensors);
  return { weights, ema: copyWeights(weights), adam: adamStart(weights), losses: [] };
}

async function resumed(params: TrainParams, { checkpointDir, onLog = () => {} }: TrainHooks): Promise<TrainState | undefined> {
  if (!checkpointDir) return undefined;
  const state = await loadCheckpoint(checkpointDir, contentId(params), onLog);
  if (state) onLog(`goes on after step ${state.adam.steps}, from its checkpoint`);
  return state;
}

function checkpointKeeper(params: TrainParams, state: TrainState, { checkpointDir, checkpointEveryMs = 15_000 }: TrainHooks): { now(): Promise<void>; whenDue(): Promise<void> } {
  let last = performance.now();
  const now = async () => {
    if (checkpointDir && state.adam.steps > 0) await saveCheckpoint(checkpointDir, contentId(params), state);
    last = performance.now();
  };
  return { now, whenDue: async () => { if (performance.now() - last >= checkpointEveryMs) await now(); } };
}

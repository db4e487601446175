import { setImmediate } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { StageProgress } from '@elucidate/experiment/execution';
import { loadCheckpoint, saveCheckpoint, type TrainState } from './checkpoint.js';
import { trainerOf } from './choose-trainer.js';
import { copyWeights, fromTensors, type HostWeights } from './host-weights.js';
import { adamStart } from './optimiser.js';
import type { StepPlan, Trainer } from './trainer.js';

export interface TrainHooks {
  /** Where checkpoints are kept between attempts; if absent, none are written. */
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

/** A training run: a network's initial weights, a loss over batches, and the plan of its steps. Steps count from 0; everything is a function of the step alone. */
export interface Fit<B extends object> {
  /** Names the training run in its checkpoints. */
  id: string;
  steps: number;
  /** Starting weights, owned by the caller. */
  init(): Record<string, tf.Tensor>;
  /** The batch of a step; its tensors are disposed after the step. What differs between steps should be in tensors: see `replayed` in libs/engine. */
  batchOf(step: number): B;
  loss(weights: Readonly<Record<string, tf.Tensor>>, batch: B): tf.Scalar;
  stepPlan(step: number): StepPlan;
  /** Advice for when the loss is not finite: the end of that error's message. */
  remedy: string;
}

/**
 * Minimises a loss with Adam and averages the weights. Resumes from `checkpointDir`; on a deterministic
 * backend a resumed training run ends with the same weights, bit for bit.
 * Throws stage.diverged if the loss is not finite and, after writing a checkpoint, stage.interrupted if the signal aborts.
 */
export async function fit<B extends object>(plan: Fit<B>, hooks: TrainHooks = {}): Promise<Trained> {
  const fresh = await startState(plan.init());
  const start = (await resumed(plan.id, fresh, hooks)) ?? fresh;
  const trainer = trainerOf(start);
  const keep = checkpointKeeper(plan.id, trainer, hooks);
  /** A step that has begun and is not reported yet. */
  let begun: { step: number; loss: Promise<number> } | undefined;
  const report = async () => {
    if (!begun) return;
    const { step, loss: pending } = begun;
    begun = undefined;
    const loss = await pending;
    hooks.onProgress?.({ fraction: (step + 1) / plan.steps, note: `step ${step + 1} of ${plan.steps}, loss ${loss.toFixed(4)}`, values: { step: step + 1, loss, learningRate: plan.stepPlan(step).learningRate } });
  };
  try {
    for (let step = start.adam.steps; step < plan.steps; step += 1) {
      if (hooks.signal?.aborted) {
        await report();
        await keep.now();
        throw new ElucidateError('stage.interrupted', `Training stopped before step ${step + 1} of ${plan.steps}; it goes on from there when the stage runs again`);
      }
      const loss = fitStep(plan, trainer, step);
      // awaited later: an error must not end the process before
      loss.catch(() => {});
      if (trainer.queues) await report();
      begun = { step, loss };
      if (!trainer.queues) await report();
      await keep.whenDue();
      await setImmediate();
    }
    await report();
    const { weights, ema, losses } = await trainer.state();
    return { weights, ema, losses };
  } finally {
    trainer.dispose();
  }
}

/** One step; returns the loss before it. */
async function fitStep<B extends object>(plan: Fit<B>, trainer: Trainer, step: number): Promise<number> {
  const batch = plan.batchOf(step);
  try {
    const loss = await trainer.step(plan.loss, batch, plan.stepPlan(step));
    if (Number.isFinite(loss)) return loss;
    throw new ElucidateError('stage.diverged', `The loss became ${loss} at step ${step + 1}; ${plan.remedy}`, { details: { step: step + 1, loss: String(loss) } });
  } finally {
    tf.dispose(batch as tf.TensorContainer);
  }
}

async function startState(tensors: Record<string, tf.Tensor>): Promise<TrainState> {
  const weights = await fromTensors(tensors);
  tf.dispose(tensors);
  return { weights, ema: copyWeights(weights), adam: adamStart(weights), losses: [] };
}

async function resumed(id: string, fresh: TrainState, { checkpointDir, onLog = () => {} }: TrainHooks): Promise<TrainState | undefined> {
  if (!checkpointDir) return undefined;
  const state = await loadCheckpoint(checkpointDir, id, onLog);
  if (!state) return undefined;
  onLog(`goes on after step ${state.adam.steps}, from its checkpoint`);
  return inOrderOf(fresh, state);
}

/** A file has its own order of names; the gradient's norm is summed in the order of the weights, which affects its last bit. */
function inOrderOf(fresh: TrainState, { weights, ema, adam, losses }: TrainState): TrainState {
  const ordered = (set: HostWeights): HostWeights => Object.fromEntries(Object.keys(fresh.weights).map((name) => [name, set[name]!]));
  return { weights: ordered(weights), ema: ordered(ema), adam: { ...adam, first: ordered(adam.first), second: ordered(adam.second) }, losses };
}

function checkpointKeeper(id: string, trainer: Trainer, { checkpointDir, checkpointEveryMs = 15_000 }: TrainHooks): { now(): Promise<void>; whenDue(): Promise<void> } {
  let last = performance.now();
  const now = async () => {
    if (checkpointDir) {
      const state = await trainer.state();
      if (state.adam.steps > 0) await saveCheckpoint(checkpointDir, id, state);
    }
    last = performance.now();
  };
  return { now, whenDue: async () => { if (performance.now() - last >= checkpointEveryMs) await now(); } };
}

import { setImmediate } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { StageProgress } from '@elucidate/experiment/execution';
import { encodeState, loadCheckpoint, readState, saveCheckpoint, type TrainState } from './checkpoint.js';
import { trainerOf } from './choose-trainer.js';
import { copyWeights, fromTensors, type HostWeights } from './host-weights.js';
import { adamStart } from './optimiser.js';
import type { SnapshotKeeper } from './snapshots.js';
import type { StepPlan, Trainer } from './trainer.js';
import { writeWhole } from './write-whole.js';

export interface TrainHooks {
  /** Where checkpoints are kept between attempts; if absent, none are written. */
  checkpointDir?: string;
  /** Time between checkpoints; results do not depend on it. */
  checkpointEveryMs?: number;
  /** A file with the state at the end of a shorter training, which may be the beginning of this one. */
  start?: string;
  /** Where the state at the end is written, for a longer training. */
  end?: string;
  /** Called with the steps of the shorter training run that this one goes on from. */
  onStart?(steps: number): void;
  /** Shows what the averaged weights, which it may not change, make of images so far: it is called from time to time, as often as it costs next to nothing. */
  preview?(ema: HostWeights): Promise<void>;
  /** Time between previews; results do not depend on it. */
  previewEveryMs?: number;
  /** Where the snapshots of a training that takes some are kept; if absent, they are not. */
  snapshots?: SnapshotKeeper;
  /** Whether a thread of its own makes batches: see `batchSource`; results do not depend on it. */
  batchesApart?: boolean;
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
  /** Names the training of so many steps that this one begins with; absent where none does. */
  beginning?: (steps: number) => string;
  /** Starting weights, owned by the caller. */
  init(): Record<string, tf.Tensor>;
  /** The batch of a step; its tensors are disposed after the step. What differs between steps should be in tensors: see `replayed` in libs/engine. */
  batchOf(step: number): B | Promise<B>;
  loss(weights: Readonly<Record<string, tf.Tensor>>, batch: B): tf.Scalar;
  stepPlan(step: number): StepPlan;
  /** Of a training that keeps tracks: how many, and the steps, counted from 1, after which a snapshot of them is taken. */
  snapshots?: { tracks: number; after: readonly number[] };
  /** Advice for when the loss is not finite: the end of that error's message. */
  remedy: string;
}

/**
 * Minimises a loss with Adam and averages the weights. Resumes from `checkpointDir`; on a deterministic
 * backend a resumed training run ends with the same weights, bit for bit.
 * Throws stage.diverged if the loss is not finite and, after writing a checkpoint, stage.interrupted if the signal aborts.
 */
export async function fit<B extends object>(plan: Fit<B>, hooks: TrainHooks = {}): Promise<Trained> {
  const fresh = await startState(plan);
  const start = (await resumed(plan, fresh, hooks)) ?? (await begunBefore(plan, fresh, hooks)) ?? fresh;
  const trainer = trainerOf(start);
  const keep = checkpointKeeper(plan.id, trainer, hooks);
  const show = previewer(trainer, hooks);
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
      const loss = fitStep(plan, trainer, { step, batch: await plan.batchOf(step) });
      // awaited later: an error must not end the process before
      loss.catch(() => {});
      if (trainer.queues) await report();
      begun = { step, loss };
      if (!trainer.queues) await report();
      if (plan.snapshots?.after.includes(step + 1)) await hooks.snapshots?.put(step + 1, (await trainer.state()).tracks!);
      await keep.whenDue();
      if (step + 1 < plan.steps) await show();
      await setImmediate();
    }
    await report();
    const state = await trainer.state();
    if (hooks.end !== undefined) await writeWhole(hooks.end, encodeState(plan.id, state));
    const { weights, ema, losses } = state;
    return { weights, ema, losses };
  } finally {
    trainer.dispose();
  }
}

/** One step on its batch, whose tensors it disposes; returns the loss before it. */
async function fitStep<B extends object>(plan: Fit<B>, trainer: Trainer, { step, batch }: { step: number; batch: B }): Promise<number> {
  try {
    const loss = await trainer.step(plan.loss, batch, plan.stepPlan(step));
    if (Number.isFinite(loss)) return loss;
    throw new ElucidateError('stage.diverged', `The loss became ${loss} at step ${step + 1}; ${plan.remedy}`, { details: { step: step + 1, loss: String(loss) } });
  } finally {
    tf.dispose(batch as tf.TensorContainer);
  }
}

async function startState({ init, snapshots }: Pick<Fit<object>, 'init' | 'snapshots'>): Promise<TrainState> {
  const tensors = init();
  const weights = await fromTensors(tensors);
  tf.dispose(tensors);
  return { weights, ema: copyWeights(weights), adam: adamStart(weights), losses: [], ...(snapshots && { tracks: Array.from({ length: snapshots.tracks }, () => copyWeights(weights)) }) };
}

async function resumed({ id, snapshots }: Pick<Fit<object>, 'id' | 'snapshots'>, fresh: TrainState, { checkpointDir, snapshots: kept, onLog = () => {} }: TrainHooks): Promise<TrainState | undefined> {
  if (!checkpointDir) return undefined;
  const state = await loadCheckpoint(checkpointDir, id, onLog);
  if (!state) return undefined;
  const due = snapshots?.after.filter((step) => step <= state.adam.steps) ?? [];
  if (due.length > 0 && kept !== undefined && !(await kept.have(due))) {
    onLog(`starts from nothing: a snapshot from before step ${state.adam.steps}, where its checkpoint is, is missing or corrupt`);
    return undefined;
  }
  onLog(`goes on after step ${state.adam.steps}, from its checkpoint`);
  return inOrderOf(fresh, state);
}

/** The end of a shorter training that this one begins with; undefined without one, or where the file is of another training or corrupt, which is named in the log. */
async function begunBefore({ beginning }: Pick<Fit<object>, 'beginning'>, fresh: TrainState, { start, onStart, onLog = () => {} }: TrainHooks): Promise<TrainState | undefined> {
  if (start === undefined || beginning === undefined) return undefined;
  const state = await readState(start, beginning).catch((error: unknown) => {
    onLog(`starts from nothing: ${(error as Error).message}`);
    return undefined;
  });
  if (!state) return undefined;
  onLog(`goes on after step ${state.adam.steps}, where a shorter training ended`);
  onStart?.(state.adam.steps);
  return inOrderOf(fresh, state);
}

/** A file has its own order of names; the gradient's norm is summed in the order of the weights, which affects its last bit. */
function inOrderOf(fresh: TrainState, { weights, ema, adam, losses, tracks }: TrainState): TrainState {
  const ordered = (set: HostWeights): HostWeights => Object.fromEntries(Object.keys(fresh.weights).map((name) => [name, set[name]!]));
  return { weights: ordered(weights), ema: ordered(ema), adam: { ...adam, first: ordered(adam.first), second: ordered(adam.second) }, losses, ...(tracks && { tracks: tracks.map(ordered) }) };
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

/** The first preview comes early; after that they take at most this part of the time. */
const [firstPreviewMs, previewShare] = [2_000, 0.01];

/** Shows the weights when it is time. One that fails is the last: it is named in the log, and the training goes on. */
function previewer(trainer: Trainer, { preview, previewEveryMs, onLog = () => {} }: TrainHooks): () => Promise<void> {
  let next = performance.now() + (previewEveryMs ?? firstPreviewMs);
  return async () => {
    const start = performance.now();
    if (preview === undefined || start < next) return;
    next = Infinity;
    try {
      await preview((await trainer.state()).ema);
      const now = performance.now();
      next = now + (previewEveryMs ?? Math.max(10_000, (now - start) / previewShare));
    } catch (error) {
      onLog(`no further previews: ${(error as Error).message}`);
    }
  };
}

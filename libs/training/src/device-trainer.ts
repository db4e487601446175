import * as tf from '@tensorflow/tfjs-core';
import { noLimit } from '@elucidate/engine/adam-plan';
import type { TrainState } from './checkpoint.js';
import { type Layout, layoutOf, packed, readVector, type Vectors } from './device-vectors.js';
import { lossAndGradients } from './loss-gradients.js';
import { pendingLosses } from './pending-losses.js';
import type { StepPlan, Trainer } from './trainer.js';

/**
 * Keeps weights, average and moments on the device: a step reads back only its loss. Whether that is finite is judged there, so that the next step may begin
 * before it is known here. In float32, so results are not bitwise those of the host trainer.
 */
export function deviceTrainer({ weights, ema, adam, losses, tracks: kept }: TrainState): Trainer {
  const layout = layoutOf(weights);
  let vectors: Vectors = { weights: packed(weights, layout), ema: packed(ema, layout), first: packed(adam.first, layout), second: packed(adam.second, layout) };
  let tracks = kept?.map((track) => packed(track, layout));
  let { steps } = adam;
  const pending = pendingLosses(losses, () => { steps -= 1; });
  return {
    queues: true,
    step(lossOf, batch, { trackDecays = [], ...plan }) {
      steps += 1;
      const { value, gradient } = tf.tidy(() => lossAndGradient((named) => lossOf(named, batch), unpacked(vectors.weights, layout)));
      const next = tf.tidy(() => {
        const taken = tf.broadcastTo<tf.Rank.R1>(tf.isFinite(value), [layout.size]);
        const kept = (now: tf.Tensor1D, old: tf.Tensor1D): tf.Tensor1D => tf.where(taken, now, old);
        const now = stepped(vectors, gradient, { ...plan, gradientLimit: Math.min(plan.gradientLimit, noLimit), steps });
        const after: Vectors = { weights: kept(now.weights, vectors.weights), ema: kept(now.ema, vectors.ema), first: kept(now.first, vectors.first), second: kept(now.second, vectors.second) };
        return { vectors: after, tracks: tracks?.map((track, i) => kept(moved(track, now.weights, 1 - trackDecays[i]!), track)) ?? [] };
      });
      gradient.dispose();
      vectors = replaced(vectors, next.vectors);
      tracks = tracks && replaced(tracks, next.tracks);
      return pending.read(value);
    },
    async state() {
      await pending.settled();
      const [weightsNow, emaNow, first, second] = await Promise.all([vectors.weights, vectors.ema, vectors.first, vectors.second].map((vector) => readVector(vector, layout)));
      return { weights: weightsNow!, ema: emaNow!, adam: { steps, first: first!, second: second! }, losses: [...losses], ...(tracks && { tracks: await Promise.all(tracks.map((track) => readVector(track, layout))) }) };
    },
    dispose: () => tf.dispose([vectors, tracks ?? []]),
  };
}

function lossAndGradient(lossOf: (weights: Record<string, tf.Tensor>) => tf.Scalar, weights: Record<string, tf.Tensor>): { value: tf.Scalar; gradient: tf.Tensor1D } {
  const { loss, gradients } = lossAndGradients(lossOf, weights);
  return { value: loss, gradient: tf.concat1d(gradients.map((gradient) => tf.reshape(gradient, [gradient.size]))) };
}

type Step = Omit<StepPlan, 'trackDecays'> & { steps: number };

/** Adam (Kingma & Ba 2015, Alg. 1) on the clipped gradient, then the average; `optimiser.ts` is the same in float64. */
function stepped({ weights, ema, first, second }: Vectors, gradient: tf.Tensor1D, { learningRate, gradientLimit, decay, beta1, beta2, epsilon, weightDecay, steps }: Step): Vectors {
  const norm = tf.sqrt(tf.sum(tf.square(gradient)));
  const clipped = tf.mul<tf.Tensor1D>(gradient, tf.div(gradientLimit, tf.maximum(norm, gradientLimit)));
  const firstNow = moved(first, clipped, 1 - beta1);
  const secondNow = moved(second, tf.square(clipped), 1 - beta2);
  const size = tf.add(tf.sqrt(tf.mul(secondNow, 1 / (1 - beta2 ** steps))), epsilon);
  const kept = weightDecay === 0 ? weights : tf.mul<tf.Tensor1D>(weights, 1 - learningRate * weightDecay);
  const weightsNow = tf.sub<tf.Tensor1D>(kept, tf.mul(tf.div(firstNow, size), learningRate / (1 - beta1 ** steps)));
  return { weights: weightsNow, ema: moved(ema, weightsNow, 1 - decay), first: firstNow, second: secondNow };
}

/** (1 - fraction) from + fraction to, in the form with the smallest rounding error when the fraction is small. */
function moved(from: tf.Tensor1D, to: tf.Tensor1D, fraction: number): tf.Tensor1D {
  return tf.add(from, tf.mul(tf.sub(to, from), fraction));
}

function replaced<T extends tf.TensorContainer>(old: T, next: T): T {
  tf.dispose(old);
  return next;
}

/** The named weights in a vector, as tensors of their shapes. */
function unpacked(vector: tf.Tensor1D, { parts }: Layout): Record<string, tf.Tensor> {
  const pieces = tf.split(vector, parts.map(({ size }) => size));
  return Object.fromEntries(parts.map(({ name, shape }, i) => [name, tf.reshape(pieces[i]!, shape)]));
}

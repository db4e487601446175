import * as tf from '@tensorflow/tfjs-core';
import type { TrainState } from './checkpoint.js';
import type { HostWeights } from './host-weights.js';
import { lossAndGradients, type LossOf } from './loss-gradients.js';
import type { StepPlan, Trainer } from './trainer.js';

/** Everything a step changes, each component one long vector on the device: a dozen operations per step, however many named weights there are. */
type Vectors = Record<'weights' | 'ema' | 'first' | 'second', tf.Tensor1D>;

/** Names and shapes of the weights, in their order in a vector. */
type Layout = readonly { name: string; shape: number[]; size: number }[];

/** Stands for no limit: infinity divided by infinity is NaN. */
const largestFloat = 3.4e38;

/** Keeps weights, average and moments on the device: a step reads back only its loss. In float32, so results are not bitwise those of the host trainer. */
export function deviceTrainer({ weights, ema, adam, losses }: TrainState): Trainer {
  // in its own order: weights from a checkpoint come in a different order than those from the start, and the gradient's norm is a sum
  const layout: Layout = Object.entries(weights).map(([name, { shape, data }]) => ({ name, shape: [...shape], size: data.length })).sort((a, b) => (a.name < b.name ? -1 : 1));
  let vectors: Vectors = { weights: packed(weights, layout), ema: packed(ema, layout), first: packed(adam.first, layout), second: packed(adam.second, layout) };
  let { steps } = adam;
  return {
    async step(lossOf, plan) {
      const { value, gradient } = tf.tidy(() => lossAndGradient(lossOf, unpacked(vectors.weights, layout)));
      const loss = (await value.data())[0]!;
      if (Number.isFinite(loss)) {
        steps += 1;
        losses.push(loss);
        const after = tf.getKernel('AdamVectors', tf.getBackend()) ? steppedAtOnce : stepped;
        vectors = replaced(vectors, tf.tidy(() => after(vectors, gradient, { ...plan, gradientLimit: Math.min(plan.gradientLimit, largestFloat), steps })));
      }
      tf.dispose([value, gradient]);
      return loss;
    },
    async state() {
      const [weightsNow, emaNow, first, second] = await Promise.all([vectors.weights, vectors.ema, vectors.first, vectors.second].map((vector) => read(vector, layout)));
      return { weights: weightsNow!, ema: emaNow!, adam: { steps, first: first!, second: second! }, losses: [...losses] };
    },
    dispose: () => tf.dispose(vectors),
  };
}

function lossAndGradient(lossOf: LossOf, weights: Record<string, tf.Tensor>): { value: tf.Scalar; gradient: tf.Tensor1D } {
  const { loss, gradients } = lossAndGradients(lossOf, weights);
  return { value: loss, gradient: tf.concat1d(gradients.map((gradient) => tf.reshape(gradient, [gradient.size]))) };
}

type Step = StepPlan & { steps: number };

/** `stepped` by the backend's kernel: 'AdamVectors' { weights, ema, first, second, gradient, all [n]; a Step } -> the first four after the step. */
function steppedAtOnce(vectors: Vectors, gradient: tf.Tensor1D, step: Step): Vectors {
  const [weights, ema, first, second] = tf.engine().runKernel<tf.Tensor[]>('AdamVectors', { ...vectors, gradient }, { ...step }) as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
  return { weights, ema, first, second };
}

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

function replaced(old: Vectors, next: Vectors): Vectors {
  tf.dispose(old);
  return next;
}

function packed(weights: HostWeights, layout: Layout): tf.Tensor1D {
  const all = new Float32Array(layout.reduce((sum, { size }) => sum + size, 0));
  let at = 0;
  for (const { name, size } of layout) {
    all.set(weights[name]!.data, at);
    at += size;
  }
  return tf.tensor1d(all);
}

/** The named weights in a vector, as tensors of their shapes. */
function unpacked(vector: tf.Tensor1D, layout: Layout): Record<string, tf.Tensor> {
  const parts = tf.split(vector, layout.map(({ size }) => size));
  return Object.fromEntries(layout.map(({ name, shape }, i) => [name, tf.reshape(parts[i]!, shape)]));
}

async function read(vector: tf.Tensor1D, layout: Layout): Promise<HostWeights> {
  const all = await vector.data<'float32'>();
  let at = 0;
  return Object.fromEntries(layout.map(({ name, shape, size }) => [name, { shape, data: all.slice(at, (at += size)) }]));
}

import { setImmediate } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import { randomStream, type RandomStream } from '@elucidate/diffusion/noise';
import { ElucidateError } from '@elucidate/experiment/errors';
import { classCount, classifierLogits, classifierShapes, classifierSize, convolutionFeatures, convolutionShapes, type Shapes } from './classifier.js';
import type { LabelledImages } from './datasets/idx-sets.js';
import { fromTensors, type HostTensor, type HostWeights, toTensors } from './host-weights.js';
import { byteToUnit, type ByteImages } from './images.js';
import { oneCycle } from './lr-plan.js';
import { batchAt, epochOrders } from './order.js';
import { type AdamState, adamStart, adamStep, clipGlobalNorm } from './optimiser.js';

/** The committed recipe of an extractor. Seed and epochs come from the caller; changing the rest, here, bumps the extractor's codeVersion. */
export const classifierRecipe = { batch: 100, peakLearningRate: 3e-3, warmUp: 0.15, weightDecay: 0.02, gradientLimit: 1, largestShift: 1 } as const;

/** What the second number of a stream's name stands for. */
const streams = { start: 0, augmentation: 2 } as const;

/** Everything a training of the classifier is between two steps. */
export interface ClassifierState {
  weights: HostWeights;
  adam: AdamState;
}

export interface ClassifierPlan {
  seed: number;
  epochs: number;
  /** Whether half the images are seen mirrored: clothes look alike either way, digits do not. Default true. */
  flips?: boolean;
  /** Called after every step; awaited. */
  onStep?(report: { step: number; steps: number; loss: number; state: ClassifierState }): void | Promise<void>;
  /** Where an earlier run stopped. */
  resume?: ClassifierState;
}

/** Trains the classifier on grey images: random flips and shifts, AdamW, one-cycle learning rate. Images must be 32x32. */
export async function trainClassifier(images: LabelledImages, { seed, epochs, flips = true, onStep, resume }: ClassifierPlan): Promise<HostWeights> {
  const { batch, peakLearningRate, warmUp, weightDecay, gradientLimit } = classifierRecipe;
  const steps = Math.floor((images.count * epochs) / batch);
  const state = resume ?? startClassifier(seed);
  const orderOf = epochOrders(images.count, seed);
  for (let step = state.adam.steps; step < steps; step += 1) {
    const chosen = batchAt(orderOf, { n: images.count, start: step * batch, count: batch });
    const pixels = augmented(images, { chosen, flips }, randomStream([seed, streams.augmentation, step]));
    const { loss, gradients } = await classifierGradients(state.weights, pixels, Int32Array.from(chosen, (i) => images.labels.of[i]!));
    if (!Number.isFinite(loss)) throw new ElucidateError('stage.diverged', `The classifier's loss became ${loss} at step ${step + 1} of seed ${seed}; choose another seed`);
    clipGlobalNorm(gradients, gradientLimit);
    adamStep(state.weights, gradients, state.adam, { learningRate: oneCycle(step / steps, { peak: peakLearningRate, warmUp }), weightDecay });
    await onStep?.({ step: step + 1, steps, loss, state });
    await setImmediate();
  }
  return state.weights;
}

export function startClassifier(seed: number): ClassifierState {
  const weights = startWeights(classifierShapes, seed);
  return { weights, adam: adamStart(weights) };
}

/** The convolutions as initialised, for images of so many channels: an extractor that needs no labels. */
export function untrainedConvolutions(seed: number, channels: number): HostWeights {
  return startWeights(convolutionShapes(channels), seed);
}

/** He initialisation for kernels, zero for biases (He et al. 2015, eq. 10). */
function startWeights(shapes: Shapes, seed: number): HostWeights {
  const random = randomStream([seed, streams.start]);
  return Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, startTensor(shape, random)]));
}

function startTensor(shape: readonly number[], random: RandomStream): HostTensor {
  const size = tf.util.sizeFromShape([...shape]);
  const fanIn = size / shape.at(-1)!;
  const std = shape.length === 1 ? 0 : Math.sqrt(2 / fanIn);
  return { shape, data: Float32Array.from({ length: size }, () => std && std * random.normal()) };
}

/** The chosen images in [-1, 1], each flipped with probability 1/2 where flips are wanted, and shifted by up to `largestShift` pixels either way; what moves in is black. */
function augmented({ size, data }: ByteImages, { chosen, flips }: { chosen: ArrayLike<number>; flips: boolean }, random: RandomStream): Float32Array {
  const out = new Float32Array(chosen.length * size * size).fill(-1);
  const reach = 2 * classifierRecipe.largestShift + 1;
  for (let k = 0; k < chosen.length; k += 1) {
    const flip = random.uniform() < 0.5 && flips;
    const [dx, dy] = [random.integer(reach) - classifierRecipe.largestShift, random.integer(reach) - classifierRecipe.largestShift];
    for (let y = Math.max(0, -dy); y < Math.min(size, size - dy); y += 1) {
      for (let x = Math.max(0, -dx); x < Math.min(size, size - dx); x += 1) {
        const fromX = flip ? size - 1 - (x + dx) : x + dx;
        out[(k * size + y) * size + x] = byteToUnit(data[(chosen[k]! * size + y + dy) * size + fromX]!);
      }
    }
  }
  return out;
}

async function classifierGradients(weights: HostWeights, pixels: Float32Array, labels: Int32Array): Promise<{ loss: number; gradients: HostWeights }> {
  const tensors = toTensors(weights);
  const names = Object.keys(tensors);
  const { value, grads } = tf.tidy(() => {
    const images = tf.tensor4d(pixels, [labels.length, classifierSize, classifierSize, 1]);
    const target = tf.oneHot(labels, classCount) as tf.Tensor2D;
    return tf.valueAndGrads((...given: tf.Tensor[]) => {
      const named = Object.fromEntries(names.map((name, i) => [name, given[i]!]));
      return crossEntropy(classifierLogits(named, convolutionFeatures(named, images)), target);
    })(Object.values(tensors));
  });
  const loss = (await value.data())[0]!;
  const gradients = await fromTensors(Object.fromEntries(names.map((name, i) => [name, grads[i]!])));
  tf.dispose([tensors, value, grads]);
  return { loss, gradients };
}

/** Mean over images of -log softmax(logits)[label]. */
function crossEntropy(logits: tf.Tensor2D, target: tf.Tensor2D): tf.Scalar {
  return tf.tidy(() => tf.mean<tf.Scalar>(tf.neg(tf.sum(tf.mul(tf.logSoftmax(logits), target), 1))));
}

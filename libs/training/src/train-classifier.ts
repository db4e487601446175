import * as tf from '@tensorflow/tfjs-core';
import { randomStream, type RandomStream } from '@elucidate/diffusion/noise';
import { contentId } from '@elucidate/experiment/canonical';
import { learningRatePlanSchema } from '@elucidate/experiment/recipe-grammar';
import { classCount, classifierLogits, classifierShapes, classifierSize, convolutionFeatures, convolutionShapes, type Shapes } from './classifier.js';
import type { LabelledImages } from './datasets/idx-sets.js';
import { fit, type TrainHooks } from './fit.js';
import { type HostTensor, type HostWeights, toTensors } from './host-weights.js';
import { byteToUnit, type ByteImages } from './images.js';
import { batchAt, epochOrders } from './order.js';
import { adamDefaults } from './optimiser.js';
import { stepPlans } from './recipe.js';
import { streams } from './streams.js';

/** The committed recipe of an extractor. Seed and epochs come from the caller; changing anything else here requires bumping the extractor's codeVersion. */
export const classifierRecipe = { batch: 100, peakLearningRate: 3e-3, warmUp: 0.15, weightDecay: 0.02, gradientLimit: 1, largestShift: 1 } as const;

export interface ClassifierPlan {
  seed: number;
  epochs: number;
  /** Whether half the images are mirrored: clothes look alike either way, digits do not. Default true. */
  flips?: boolean;
}

/** Images [n,32,32,1] and their classes, one-hot [n,10]. */
interface ClassifierBatch {
  images: tf.Tensor4D;
  target: tf.Tensor2D;
}

/** Trains the classifier on grey images: random flips and shifts, AdamW, one-cycle learning rate. Images must be 32x32. Throws as `fit` does. */
export async function trainClassifier(images: LabelledImages, { seed, epochs, flips = true }: ClassifierPlan, hooks: TrainHooks = {}): Promise<HostWeights> {
  const { batch, peakLearningRate, warmUp, weightDecay, gradientLimit } = classifierRecipe;
  const steps = Math.floor((images.count * epochs) / batch);
  const orderOf = epochOrders(images.count, seed);
  const { weights } = await fit<ClassifierBatch>({
    id: contentId({ classifier: classifierRecipe, seed, epochs, flips, images: images.count }),
    steps,
    init: () => toTensors(startClassifier(seed)),
    batchOf: (step) => {
      const chosen = batchAt(orderOf, { n: images.count, start: step * batch, count: batch });
      const pixels = augmented(images, { chosen, flips }, randomStream([seed, streams.classifierAugmentation, step]));
      return {
        images: tf.tensor4d(pixels, [batch, classifierSize, classifierSize, 1]),
        target: tf.tidy(() => tf.oneHot(Int32Array.from(chosen, (i) => images.labels.of[i]!), classCount) as tf.Tensor2D),
      };
    },
    loss: (weights, { images: x, target }) => crossEntropy(classifierLogits(weights, convolutionFeatures(weights, x)), target),
    // no average is wanted: with a half-life of zero it equals the weights
    stepPlan: stepPlans({
      images: steps * batch, batch, learningRate: peakLearningRate, learningRatePlan: learningRatePlanSchema.parse({ kind: 'one-cycle', warmUp }),
      optimiser: { ...adamDefaults, weightDecay }, gradientClip: gradientLimit, emaHalfLifeImages: 0, emaRamp: false,
    }),
    remedy: `choose another seed than ${seed}`,
  }, hooks);
  return weights;
}

/** The classifier at initialisation. */
export function startClassifier(seed: number): HostWeights {
  return startWeights(classifierShapes, seed);
}

/** The initial convolutions, for images with this many channels: an extractor that needs no labels. */
export function untrainedConvolutions(seed: number, channels: number): HostWeights {
  return startWeights(convolutionShapes(channels), seed);
}

/** He initialisation for kernels, zero for biases (He et al. 2015, eq. 10). */
function startWeights(shapes: Shapes, seed: number): HostWeights {
  const random = randomStream([seed, streams.classifierStart]);
  return Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, startTensor(shape, random)]));
}

function startTensor(shape: readonly number[], random: RandomStream): HostTensor {
  const size = tf.util.sizeFromShape([...shape]);
  const fanIn = size / shape.at(-1)!;
  const std = shape.length === 1 ? 0 : Math.sqrt(2 / fanIn);
  return { shape, data: Float32Array.from({ length: size }, () => std && std * random.normal()) };
}

/** The chosen images in [-1, 1], each flipped with probability 1/2 if flips are wanted, and shifted by up to `largestShift` pixels either way; vacated pixels are black. */
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

/** Mean over images of -log softmax(logits)[label]. */
function crossEntropy(logits: tf.Tensor2D, target: tf.Tensor2D): tf.Scalar {
  return tf.tidy(() => tf.mean<tf.Scalar>(tf.neg(tf.sum(tf.mul(tf.logSoftmax(logits), target), 1))));
}

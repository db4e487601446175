import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { TrainingBatch } from '@elucidate/diffusion/losses';
import { oneHot } from '@elucidate/diffusion/network';
import { randomStream } from '@elucidate/diffusion/noise';
import type { NoiseLevels } from '@elucidate/diffusion/noise-distributions';
import type { NoisePairing } from '@elucidate/experiment/design';
import type { Augmentation } from '@elucidate/experiment/recipe-grammar';
import { type BatchNumbers, batchNumbers, type NumbersRequest } from './batch-numbers.js';
import type { MaskRequest } from './dropout-mask.js';
import { chosenImages, type Images } from './images.js';
import { batchAt } from './order.js';
import { streams } from './streams.js';

export interface BatchRequest {
  images: Images;
  orderOf: (epoch: number) => Uint32Array;
  /** Bytes are mapped to [-range, range]. */
  range: number;
  seed: number;
  /** Images of a full batch, which determine where the step begins, and of this one. */
  batch: number;
  count: number;
  step: number;
  /** Default: images are used unchanged. */
  augmentation?: Augmentation | undefined;
  /** How noise is given to images; default: as it is drawn. */
  pairing?: NoisePairing | undefined;
}

/** What the numbers of a step are made from; `stream`, of `streams`, is that of its noise. */
export function numbersRequest({ images, orderOf, range, seed, batch, count, step, augmentation = { kind: 'none' }, pairing = 'independent' }: BatchRequest, stream: number, masks: readonly MaskRequest[] = []): NumbersRequest {
  const chosen = batchAt(orderOf, { n: images.count, start: step * batch, count });
  return { step, stream: [seed, stream, step], images: chosenImages(images, chosen), range, pairing, augmentation: { shape: augmentation, seed, position: step * batch }, masks };
}

/** Clean images and unit noise, [n,h,w,c], and the augmentation label of each image, [n,numbers], if the network is given it. The caller disposes them. */
export function imagesAndNoise({ x0, eps, augmentation }: BatchNumbers, { images: { size, channels }, count }: Pick<BatchRequest, 'images' | 'count'>): Pick<TrainingBatch, 'x0' | 'eps' | 'augmentation'> {
  const shape: [number, number, number, number] = [count, size, size, channels];
  return { x0: tf.tensor4d(x0, shape), eps: tf.tensor4d(eps, shape), ...(augmentation && { augmentation: tf.tensor2d(augmentation, [count, augmentation.length / count]) }) };
}

/** The classes of the chosen images, [n,classes]; each is dropped with probability `dropout`. Ho & Salimans 2022, Alg. 1. The caller disposes it. */
function batchLabel({ images, orderOf, seed, batch, count, step }: BatchRequest, dropout: number): Tensor2D {
  const { classes, of } = images.labels!;
  const random = randomStream([seed, streams.labelDropout, step]);
  const chosen = batchAt(orderOf, { n: images.count, start: step * batch, count });
  return oneHot(Array.from(chosen, (image) => (random.uniform() < dropout ? undefined : of[image])), classes.length);
}

/** The batch of step `step`, a function of the request alone, from its numbers if they are made already; with labels if the network is given classes. The caller disposes its tensors. */
export function trainBatch({ levels, labelDropout, ...request }: BatchRequest & { levels: NoiseLevels; labelDropout?: number | undefined }, numbers: BatchNumbers = batchNumbers(numbersRequest(request, streams.noise))): TrainingBatch {
  return { sigmas: numbers.fractions.map(levels.quantile), ...imagesAndNoise(numbers, request), ...(labelDropout !== undefined && { label: batchLabel(request, labelDropout) }) };
}

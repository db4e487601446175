import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { TrainingBatch } from '@elucidate/diffusion/losses';
import { oneHot } from '@elucidate/diffusion/network';
import { type RandomStream, randomStream } from '@elucidate/diffusion/noise';
import type { NoiseLevels } from '@elucidate/diffusion/noise-distributions';
import type { NoisePairing } from '@elucidate/experiment/design';
import type { Augmenter } from './augmentation/augmenter.js';
import type { Augmented, Picture } from './augmentation/picture.js';
import { type Images, pickImages } from './images.js';
import { pairedNoise } from './noise-pairing.js';
import { batchAt } from './order.js';
import { streams } from './streams.js';

/** A fraction of 0 would be a distribution's lower end, which a normal distribution does not have. */
const leastFraction = 2 ** -54;

/** `count` fractions in (0, 1), one from each of `count` equal slices with one shared shift: each is uniform, and together they are evenly spaced (Kingma et al. 2021, app. I.1). */
export function stratifiedFractions(count: number, random: RandomStream): number[] {
  const shift = random.uniform();
  return Array.from({ length: count }, (_, k) => Math.max(leastFraction, (shift + k / count) % 1));
}

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
  augment?: Augmenter | undefined;
  /** How noise is given to images; default: as it is drawn. */
  pairing?: NoisePairing | undefined;
}

/** Clean images and unit noise, [n,h,w,c], and the augmentation label of each image, [n,numbers], if the network is given it. The caller disposes them. */
export function imagesAndNoise({ images, orderOf, range, batch, count, step, augment, pairing = 'independent' }: BatchRequest, random: RandomStream): Pick<TrainingBatch, 'x0' | 'eps' | 'augmentation'> {
  const shape: [number, number, number, number] = [count, images.size, images.size, images.channels];
  const noise = new Float32Array(tf.util.sizeFromShape(shape));
  for (let i = 0; i < noise.length; i += 1) noise[i] = random.normal();
  const chosen = batchAt(orderOf, { n: images.count, start: step * batch, count });
  const picked = pickImages(images, chosen, range);
  const labels = augment ? changeEach(picked, images, (picture, k) => augment(picture, step * batch + k)) : [];
  const described = labels[0]?.length ? { augmentation: tf.tensor2d(labels.map((label) => [...label])) } : {};
  return { x0: tf.tensor4d(picked, shape), eps: tf.tensor4d(pairedNoise(pairing, { x0: picked, eps: noise, n: count }), shape), ...described };
}

/** Replaces each image of [n,h,w,c] with the result of `change`; returns their labels. */
function changeEach(all: Float32Array, { size, channels }: Images, change: (picture: Picture, index: number) => Augmented): Augmented['label'][] {
  const length = size * size * channels;
  return Array.from({ length: all.length / length }, (_, k) => {
    const { pixels, label } = change({ pixels: all.slice(k * length, (k + 1) * length), size, channels }, k);
    all.set(pixels, k * length);
    return label;
  });
}

/** The classes of the chosen images, [n,classes]; each is dropped with probability `dropout`. Ho & Salimans 2022, Alg. 1. The caller disposes it. */
function batchLabel({ images, orderOf, seed, batch, count, step }: BatchRequest, dropout: number): Tensor2D {
  const { classes, of } = images.labels!;
  const random = randomStream([seed, streams.labelDropout, step]);
  const chosen = batchAt(orderOf, { n: images.count, start: step * batch, count });
  return oneHot(Array.from(chosen, (image) => (random.uniform() < dropout ? undefined : of[image])), classes.length);
}

/** The batch of step `step`, a function of the request alone; with labels if the network is given classes. The caller disposes its tensors. */
export function trainBatch({ levels, labelDropout, ...request }: BatchRequest & { levels: NoiseLevels; labelDropout?: number | undefined }): TrainingBatch {
  const random = randomStream([request.seed, streams.noise, request.step]);
  const sigmas = stratifiedFractions(request.count, random).map(levels.quantile);
  return { sigmas, ...imagesAndNoise(request, random), ...(labelDropout !== undefined && { label: batchLabel(request, labelDropout) }) };
}

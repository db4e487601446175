import { type RandomStream, randomStream } from '@elucidate/diffusion/noise';
import type { NoisePairing } from '@elucidate/experiment/design';
import type { Augmentation } from '@elucidate/experiment/recipe-grammar';
import { augmenterOf } from './augmentation/augmenter.js';
import { maskNumbers, type MaskRequest } from './dropout-mask.js';
import { type Images, pickImages, pixelsOf } from './images.js';
import { pairedNoise } from './noise-pairing.js';

/** A fraction of 0 would be a distribution's lower end, which a normal distribution does not have. */
const leastFraction = 2 ** -54;

/** `count` fractions in (0, 1), one from each of `count` equal slices with one shared shift: each is uniform, and together they are evenly spaced (Kingma et al. 2021, app. I.1). */
export function stratifiedFractions(count: number, random: RandomStream): number[] {
  const shift = random.uniform();
  return Array.from({ length: count }, (_, k) => Math.max(leastFraction, (shift + k / count) % 1));
}

/** What the numbers of a step are made from: plain data, so that another thread can make them. */
export interface NumbersRequest {
  /** Counts from 0. */
  step: number;
  /** The name of its random stream. */
  stream: readonly number[];
  /** Those that were chosen, in memory of their own. */
  images: Images;
  /** Bytes are mapped to [-range, range]. */
  range: number;
  /** How noise is given to images. */
  pairing: NoisePairing;
  /** With its seed, and how many images were seen before these. */
  augmentation: { shape: Augmentation; seed: number; position: number };
  masks: readonly MaskRequest[];
}

/** The numbers of a step's batch of n images, each array in memory of its own. */
export interface BatchNumbers {
  /** What its noise levels are made from, see `stratifiedFractions`, [n]. */
  fractions: number[];
  /** Clean images, [n,h,w,c]. */
  x0: Float32Array;
  /** Unit noise, [n,h,w,c]. */
  eps: Float32Array;
  /** How each image was augmented, [n,numbers]; absent if the network is not given it. */
  augmentation?: Float32Array;
  /** Of each block that they were requested for. */
  masks: Record<string, Float32Array>;
}

/** A function of the request alone. Everything is drawn from the step's stream in this order: fractions, noise. */
export function batchNumbers({ stream, images, range, pairing, augmentation: { shape, seed, position }, masks }: NumbersRequest): BatchNumbers {
  const random = randomStream(stream);
  const fractions = stratifiedFractions(images.count, random);
  const eps = new Float32Array(images.count * pixelsOf(images));
  for (let i = 0; i < eps.length; i += 1) eps[i] = random.normal();
  const x0 = pickImages(images, Array.from({ length: images.count }, (_, k) => k), range);
  const augment = augmenterOf(shape, seed);
  const labels = augment ? changeEach(x0, images, (pixels, k) => augment({ pixels, size: images.size, channels: images.channels }, position + k)) : [];
  return {
    fractions, x0, eps: pairedNoise(pairing, { x0, eps, n: images.count }),
    ...(labels[0]?.length && { augmentation: Float32Array.from(labels.flat()) }),
    masks: Object.fromEntries(masks.map((mask) => [mask.block, maskNumbers(mask)])),
  };
}

/** Replaces each image of [n,h,w,c] with the result of `change`; returns their labels. */
function changeEach(all: Float32Array, { count }: Images, change: (pixels: Float32Array, index: number) => { pixels: Float32Array; label: readonly number[] }): (readonly number[])[] {
  const length = all.length / count;
  return Array.from({ length: count }, (_, k) => {
    const { pixels, label } = change(all.slice(k * length, (k + 1) * length), k);
    all.set(pixels, k * length);
    return label;
  });
}

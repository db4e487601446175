import { randomStream, type RandomStream } from '@elucidate/diffusion/noise';
import type { Augmentation } from '@elucidate/experiment/recipe-grammar';
import { streams } from '../streams.js';
import { mirrored, type Picture } from './picture.js';

/** What takes an image's place. */
export interface Augmented {
  pixels: Float32Array;
}

/** Changes one image of a training run; `position`: how many images were seen before it. */
export type Augmenter = (picture: Picture, position: number) => Augmented;

const kinds: { readonly [K in Exclude<Augmentation['kind'], 'none'>]: (picture: Picture, random: RandomStream) => Augmented } = {
  flips: (picture, random) => ({ pixels: random.uniform() < 0.5 ? mirrored(picture, 'x') : picture.pixels }),
};

/** Changes each image by a random stream of its own, named by seed and position; undefined where nothing is changed. */
export function augmenterOf({ kind }: Augmentation, seed: number): Augmenter | undefined {
  if (kind === 'none') return undefined;
  return (picture, position) => kinds[kind](picture, randomStream([seed, streams.augmentation, position]));
}

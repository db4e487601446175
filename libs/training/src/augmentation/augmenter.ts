import { randomStream, type RandomStream } from '@elucidate/diffusion/noise';
import type { Augmentation } from '@elucidate/experiment/recipe-grammar';
import { streams } from '../streams.js';
import { drawsOf, nonLeakyLabels, transformed } from './non-leaky.js';
import { type Augmented, mirrored, type Picture } from './picture.js';

/** Changes one image of a training run; `position`: how many images were seen before it. */
export type Augmenter = (picture: Picture, position: number) => Augmented;

type Kind = Augmentation['kind'];
type Of<K extends Kind> = Extract<Augmentation, { kind: K }>;

/** How many numbers describe an image's augmentation to the network. */
export const augmentationLabels: Readonly<Record<Kind, number>> = { none: 0, flips: 0, edm: nonLeakyLabels };

const kinds: { readonly [K in Kind]: (augmentation: Of<K>, picture: Picture, random: RandomStream) => Augmented } = {
  none: (_, { pixels }) => ({ pixels, label: [] }),
  flips: (_, picture, random) => ({ pixels: random.uniform() < 0.5 ? mirrored(picture, 'x') : picture.pixels, label: [] }),
  edm: ({ probability }, picture, random) => transformed(picture, drawsOf(random, probability)),
};

/** Changes each image by its own random stream, named by seed and position; undefined when there is no augmentation. */
export function augmenterOf(augmentation: Augmentation, seed: number): Augmenter | undefined {
  if (augmentation.kind === 'none') return undefined;
  const change = kinds[augmentation.kind] as (augmentation: Augmentation, picture: Picture, random: RandomStream) => Augmented;
  return (picture, position) => change(augmentation, picture, randomStream([seed, streams.augmentation, position]));
}

/**
 * Random streams of training: the meaning of the number after the seed in a stream's name. Each use has its own, so that no two
 * uses of a seed draw the same numbers. Changing one changes results.
 */
export const streams = {
  classifierStart: 0,
  /** The order of an epoch's images: [seed, order, epoch]. */
  order: 1,
  /** Kept at 2: the extractor that ships with the project was trained with it. */
  classifierAugmentation: 2,
  estimatorNoise: 3,
  /** Noise levels and noise of a step: [seed, noise, step]. */
  noise: 4,
  /** [seed, augmentation, position], where position counts the images seen. */
  augmentation: 5,
  /** [seed, dropout, step, ...the block's name]. */
  dropout: 6,
  /** Which images of a step are trained without their class: [seed, labelDropout, step]. */
  labelDropout: 7,
} as const;

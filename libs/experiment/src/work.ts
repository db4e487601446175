import type { NetworkSpec, SamplerSpec } from './design.js';
import { classifierForwardFlops } from './extractors.js';
import type { StageKind } from './stages.js';
import type { TrialFacts } from './plan.js';

/** Width of the embedding of the noise level. */
const embeddingWidth = 128;
/** A backward pass costs about two forward passes. */
const trainingFactor = 3;
/** Images the reference statistics are made of: the test split, and as many training images. */
const referenceImages = 20_000;
const trainingImages = 60_000;
/** Width of the features. */
const featureWidth = 128;

const conv = (kernel: number, from: number, to: number, size: number): number => 2 * kernel * kernel * from * to * size * size;

/** Two 3x3 convolutions, the noise embedding's projection, and a 1x1 on the skip where the width changes. */
function residualBlock(from: number, to: number, size: number): number {
  return conv(3, from, to, size) + conv(3, to, to, size) + (from === to ? 0 : conv(1, from, to, size)) + 2 * embeddingWidth * to;
}

/** Four projections and two products of all pixels with all. */
function attention(width: number, size: number): number {
  return 4 * conv(1, width, width, size) + 4 * size ** 4 * width;
}

/**
 * Floating-point operations (2 a multiply-add) of one forward pass of the U-Net on one image of resolution x resolution x 1:
 * per level `blocks` residual blocks down and up, one in the middle; strided convolutions down, convolutions after upsampling.
 * Normalisation and activations are left out: under 2 % of it.
 */
export function forwardFlops({ channels, blocks, attention: attends }: NetworkSpec, resolution: number): number {
  const levels = channels.map((width, level) => ({ width, size: resolution / 2 ** level, above: channels[level - 1] ?? width }));
  const lowest = levels.at(-1) as (typeof levels)[number];
  const level = ({ width, size, above }: (typeof levels)[number], index: number): number => {
    const down = (index === 0 ? 0 : conv(3, above, above, size)) + residualBlock(above, width, size) + (blocks - 1) * residualBlock(width, width, size);
    const up = residualBlock(2 * width, width, size) + (blocks - 1) * residualBlock(width, width, size) + (index === 0 ? 0 : conv(3, width, above, 2 * size));
    return down + up;
  };
  const ends = conv(3, 1, channels[0] as number, resolution) + conv(3, channels[0] as number, 1, resolution);
  const middle = residualBlock(lowest.width, lowest.width, lowest.size) + (attends ? attention(lowest.width, lowest.size) : 0);
  return levels.reduce((sum, entry, index) => sum + level(entry, index), ends + middle);
}

const evaluations: Readonly<Record<SamplerSpec['kind'], (steps: number) => number>> = {
  ddpm: (steps) => steps,
  ddim: (steps) => steps,
  euler: (steps) => steps,
  heun: (steps) => 2 * steps - 1,
};

/** NFE: denoiser calls per image. Heun corrects every step but the last (EDM, Alg. 1). */
export function nfe(sampler: SamplerSpec, steps: number): number {
  return evaluations[sampler.kind](steps);
}

const estimates: Readonly<Record<StageKind, (facts: TrialFacts) => number>> = {
  extractor: ({ extractor }) => (extractor.kind === 'trained' ? extractor.epochs * trainingImages * trainingFactor * classifierForwardFlops : 0),
  reference: () => referenceImages * classifierForwardFlops,
  train: ({ network, dataset, images }) => trainingFactor * images * forwardFlops(network, dataset.resolution),
  sample: ({ network, dataset, sampler, steps, samples }) => samples * nfe(sampler, steps) * forwardFlops(network, dataset.resolution),
  embed: ({ samples }) => samples * classifierForwardFlops,
  score: ({ samples }) => 2 * samples * featureWidth ** 2 + 50 * featureWidth ** 3,
};

/** Estimated floating-point operations of the stage of this kind that a trial needs: for cost and ETA, good to a factor of two. */
export function workOf(kind: StageKind, facts: TrialFacts): number {
  return estimates[kind](facts);
}

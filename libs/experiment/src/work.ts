import type { CellConfig } from './cell-config.js';
import { channelsOf } from './dataset-grammar.js';
import { isUNet } from './design.js';
import type { NetworkSpec, UNetSpec } from './design.js';
import { classifierForwardFlops } from './extractors.js';
import type { SamplerSpec } from './sampling-grammar.js';

/** A backward pass costs about two forward passes. */
export const trainingFactor = 3;

/** Of a known law's denoiser, a pixel: few operations, but in plain JavaScript, which takes as long as a network takes for so many. */
const exactFlops = 2000;

const conv = (kernel: number, from: number, to: number, size: number): number => 2 * kernel * kernel * from * to * size * size;

const dense = (from: number, to: number): number => 2 * from * to;

interface Block {
  from: number;
  to: number;
  /** Pixels a side. */
  size: number;
  /** Width of the noise level's embedding. */
  width: number;
}

/** Two 3x3 convolutions, the projection of the noise level's embedding, and a 1x1 on the skip where the channels change. */
function residualBlock({ from, to, size, width }: Block): number {
  return conv(3, from, to, size) + conv(3, to, to, size) + (from === to ? 0 : conv(1, from, to, size)) + dense(width, to);
}

/** Four projections, and two products of all pixels with all. */
function attentionBlock(channels: number, size: number): number {
  return 4 * conv(1, channels, channels, size) + 4 * size ** 4 * channels;
}

/**
 * Floating-point operations (2 a multiply-add) of one forward pass of libs/diffusion's U-Net on one image of
 * resolution x resolution x imageChannels. Normalisation and activations are left out: under 2 % of it. An exact denoiser costs a few a pixel.
 */
export function forwardFlops(network: NetworkSpec, resolution: number, imageChannels = 1): number {
  return isUNet(network) ? unetFlops(network, resolution, imageChannels) : exactFlops * resolution ** 2 * imageChannels;
}

function unetFlops({ channels, blocks, attention }: UNetSpec, resolution: number, imageChannels: number): number {
  const finest = channels[0] as number;
  const width = 4 * finest;
  const level = (to: number, index: number): number => {
    const size = resolution / 2 ** index;
    const above = channels[index - 1];
    const shrinkAndGrow = above === undefined ? 0 : conv(3, above, to, size) + conv(3, to, above, 2 * size);
    return shrinkAndGrow + blocks * (residualBlock({ from: to, to, size, width }) + residualBlock({ from: 2 * to, to, size, width }));
  };
  const [lowest, size] = [channels.at(-1) as number, resolution / 2 ** (channels.length - 1)];
  const middle = residualBlock({ from: lowest, to: lowest, size, width }) + (attention ? attentionBlock(lowest, size) : 0);
  const ends = conv(3, imageChannels, finest, resolution) + conv(3, finest, imageChannels, resolution);
  const embedding = dense(2 * finest, width) + dense(width, width);
  return channels.reduce((sum, to, index) => sum + level(to, index), ends + middle + embedding);
}

/** The noise-level estimator: a 5x5 convolution, and at each level two 3x3 and the one that brings it there. */
function estimatorFlops({ channels }: CellConfig['estimator'], resolution: number, imageChannels: number): number {
  return channels.reduce((sum, to, index) => {
    const size = resolution / 2 ** index;
    const above = channels[index - 1];
    return sum + 2 * conv(3, to, to, size) + (above === undefined ? conv(5, imageChannels, to, size) : conv(3, above, to, size));
  }, 0);
}

const once = (steps: number): number => steps;
/** Two calls a move, but one on the last, to sigma 0. */
const twice = (steps: number): number => 2 * steps - 1;

const evaluations: Readonly<Record<SamplerSpec['kind'], (steps: number) => number>> = {
  'ddpm': once,
  'ddim': once,
  'euler': once,
  'euler-ancestral': once,
  'heun': twice,
  'second-order': twice,
  'dpm-2': twice,
  'dpm-2-ancestral': twice,
  'lms': once,
  'dpmpp-2m': once,
  'dpmpp-2s-ancestral': twice,
  'dpmpp-sde': twice,
  'dpmpp-2m-sde': once,
  'dpmpp-3m-sde': once,
};

/** NFE: denoiser calls per image. Heun corrects every step but the last (EDM, Alg. 1). */
export function nfe(sampler: SamplerSpec, steps: number): number {
  return evaluations[sampler.kind](steps);
}

/** Whether a sampler's move asks the denoiser twice. */
export function asksTwice(sampler: SamplerSpec): boolean {
  return evaluations[sampler.kind] === twice;
}

/** One evaluation of a cell's denoiser on one image. */
export const denoisingFlops = ({ network, dataset }: CellConfig): number => forwardFlops(network, dataset.resolution, channelsOf(dataset));

/** One reading of the noise level off one image. */
export const estimatingFlops = ({ estimator, dataset }: CellConfig): number => estimatorFlops(estimator, dataset.resolution, channelsOf(dataset));

/** The features of one image. */
export const embeddingFlops = ({ extractor }: CellConfig): number => (extractor.kind === 'identity' ? 0 : classifierForwardFlops);

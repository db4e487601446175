import type { CellConfig } from './cell-config.js';
import { channelsOf } from './dataset-grammar.js';
import type { DatasetSpec } from './dataset-grammar.js';
import { isUNet } from './design.js';
import type { NetworkSpec } from './design.js';
import { classifierForwardFlops } from './extractors.js';
import { guideFacts, isGuided } from './guide.js';
import { memoised } from './memoised.js';
import type { SamplerSpec } from './sampling-grammar.js';
import { partFlops, unetParts } from './unet-parts.js';

/** A backward pass costs about two forward passes. */
export const trainingFactor = 3;

/** Cost of an exact denoiser per pixel: few operations, but in plain JavaScript, which takes as long as a network takes for this many. */
const exactFlops = 2000;

const conv = (kernel: number, from: number, to: number, size: number): number => 2 * kernel * kernel * from * to * size * size;

/**
 * Floating-point operations (2 per multiply-add) of one forward pass of libs/diffusion's U-Net on one image of
 * resolution x resolution x imageChannels. Normalisation and activations are not counted: under 2 %. An exact denoiser costs a few per pixel.
 */
export function forwardFlops(network: NetworkSpec, resolution: number, imageChannels = 1): number {
  if (isUNet(network)) return unetParts(network, resolution, imageChannels).reduce((sum, part) => sum + partFlops(part), 0);
  return exactFlops * resolution ** 2 * imageChannels;
}

/** The noise-level estimator: a 5x5 convolution, and at each level two 3x3 ones and the one leading to that level. */
function estimatorFlops({ channels }: CellConfig['estimator'], resolution: number, imageChannels: number): number {
  return channels.reduce((sum, to, index) => {
    const size = resolution / 2 ** index;
    const above = channels[index - 1];
    return sum + 2 * conv(3, to, to, size) + (above === undefined ? conv(5, imageChannels, to, size) : conv(3, above, to, size));
  }, 0);
}

const once = (steps: number): number => steps;
/** Two calls per step, except one in the last, to sigma 0. */
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

/** Whether a sampler's step evaluates the denoiser twice. */
export function evaluatesTwice(sampler: SamplerSpec): boolean {
  return evaluations[sampler.kind] === twice;
}

/** Memoised, since a plan needs it for every stage. */
const denoising = memoised((network: NetworkSpec) => memoised((dataset: DatasetSpec) => forwardFlops(network, dataset.resolution, channelsOf(dataset))));

/** One evaluation of a cell's denoiser on one image. */
export const denoisingFlops = ({ network, dataset }: CellConfig): number => denoising(network)(dataset);

/** One estimate of the noise level of one image. */
export const estimatingFlops = ({ estimator, dataset }: CellConfig): number => estimatorFlops(estimator, dataset.resolution, channelsOf(dataset));

/** Computing the features of one image. */
export const embeddingFlops = ({ extractor }: CellConfig): number => (extractor.kind === 'identity' ? 0 : classifierForwardFlops);

/** Generating a cell's images. A guide is counted at every level, as if the interval contained them all; libs/diffusion determines which it does. */
export function samplingFlops(config: CellConfig): number {
  const estimating = config.noiseLevel.kind === 'predicted' ? estimatingFlops(config) : 0;
  const guiding = isGuided(config.guidance) ? denoisingFlops({ ...config, network: guideFacts(config).guideNetwork }) + estimating : 0;
  return config.samples * nfe(config.sampler, config.steps) * (denoisingFlops(config) + estimating + guiding);
}

import type { CellConfig } from './cell-config.js';
import { channelsOf } from './dataset-grammar.js';
import type { DatasetSpec } from './dataset-grammar.js';
import { isProgram, isUNet, networks } from './design.js';
import type { NetworkSpec } from './design.js';
import { classifierForwardFlops } from './extractors.js';
import { guideFacts, isGuided } from './guide.js';
import { memoised } from './memoised.js';
import { trackStds } from './power-average.js';
import { endsAtZero, startsAnalytically } from './sampling-grammar.js';
import type { SamplerSpec } from './sampling-grammar.js';
import { partFlops, partWeights, unetParts } from './unet-parts.js';

/** A backward pass costs about two forward passes. */
export const trainingFactor = 3;

/** Cost of an exact denoiser per pixel: few operations, but in plain JavaScript, which takes as long as a network takes for this many. */
const exactFlops = 2000;

/** Of a pair of numbers, one of an image and one of noise, where noise is assigned in a batch: 1.2 ns of one core in plain JavaScript, assignment included. */
const pairedFlops = 40;

const conv = (kernel: number, from: number, to: number, size: number): number => 2 * kernel * kernel * from * to * size * size;

/**
 * Floating-point operations (2 per multiply-add) of one forward pass of libs/diffusion's U-Net on one image of
 * resolution x resolution x imageChannels. Normalisation and activations are not counted: under 2 %. An exact denoiser costs a few per pixel;
 * of a program nothing is known, so it is taken for the network `base`.
 */
export function forwardFlops(network: NetworkSpec, resolution: number, imageChannels = 1): number {
  if (isProgram(network)) return forwardFlops(networks.base, resolution, imageChannels);
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

/** Denoiser calls per step; a step to sigma 0 makes one. */
const calls: Readonly<Record<SamplerSpec['kind'], 1 | 2 | 3>> = {
  'ddpm': 1,
  'ddim': 1,
  'euler': 1,
  'euler-ancestral': 1,
  'heun': 2,
  'second-order': 2,
  'dpm-2': 2,
  'dpm-2-ancestral': 2,
  'dpm-3': 3,
  'lms': 1,
  'ipndm': 1,
  'deis': 1,
  'unipc': 1,
  'dpmpp-2m': 1,
  'dpmpp-3m': 1,
  'dpmpp-2s-ancestral': 2,
  'dpmpp-sde': 2,
  'dpmpp-2m-sde': 1,
  'dpmpp-3m-sde': 1,
  'sa-solver': 1,
};

/** NFE: denoiser calls per image. Heun corrects every step but the last, to 0 (EDM, Alg. 1). */
export function nfe({ sampler, steps, discretisation }: Pick<CellConfig, 'sampler' | 'steps' | 'discretisation'>): number {
  const each = calls[sampler.kind];
  return (endsAtZero(discretisation) ? each * (steps - 1) + 1 : each * steps) - (startsAnalytically(sampler) ? 1 : 0);
}

/** How often a sampler's step evaluates the denoiser. */
export const callsPerStep = (sampler: SamplerSpec): number => calls[sampler.kind];

/** Memoised, since a plan needs it for every stage. */
const denoising = memoised((network: NetworkSpec) => memoised((dataset: DatasetSpec) => forwardFlops(network, dataset.resolution, channelsOf(dataset))));

/** One evaluation of a cell's denoiser on one image. */
export const denoisingFlops = ({ network, dataset }: CellConfig): number => denoising(network)(dataset);

/** Assigning noise to one image of a training batch: every image is held against every noise. */
export const pairingFlops = ({ noisePairing, batch, dataset }: Pick<CellConfig, 'noisePairing' | 'batch' | 'dataset'>): number =>
  (noisePairing === 'independent' ? 0 : pairedFlops * batch * dataset.resolution ** 2 * channelsOf(dataset));

/** One estimate of the noise level of one image. */
export const estimatingFlops = ({ estimator, dataset }: CellConfig): number => estimatorFlops(estimator, dataset.resolution, channelsOf(dataset));

/** Computing the features of one image. */
export const embeddingFlops = ({ extractor }: CellConfig): number => (extractor.kind === 'identity' ? 0 : classifierForwardFlops);

/** Averaging: two operations for every weight of every snapshot that is read. */
export function averagingFlops({ network, dataset, ema, emaSnapshots = 0 }: CellConfig): number {
  if (!isUNet(network)) return 0;
  const weights = unetParts(network, dataset.resolution, channelsOf(dataset)).reduce((sum, part) => sum + partWeights(part), 0);
  return 2 * weights * (ema.kind === 'power' ? trackStds.length * emaSnapshots : 1);
}

/** A longer run of a cell's solver, from which its levels are chosen. A guide is counted as in samplingFlops. */
export function teacherFlops(config: CellConfig): number {
  const { discretisation } = config;
  return discretisation.kind === 'optimised' ? samplingFlops({ ...config, steps: discretisation.teacherSteps, samples: discretisation.images }) : 0;
}

/** Generating a cell's images. A guide is counted at every level, as if the interval contained them all; libs/diffusion determines which it does. */
export function samplingFlops(config: CellConfig): number {
  const estimating = config.noiseLevel.kind === 'predicted' ? estimatingFlops(config) : 0;
  const guiding = isGuided(config.guidance) ? denoisingFlops({ ...config, network: guideFacts(config).guideNetwork }) + estimating : 0;
  return config.samples * nfe(config) * (denoisingFlops(config) + estimating + guiding);
}

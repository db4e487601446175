import { z } from 'zod';
import { endsFinite, iddpmLevels, sigmaSchema, vpProcess, vpTooNoisy } from './level-bounds.js';
import { programSchema } from './program-grammar.js';

/** The grammar of the parts of a training design, which libs/diffusion defines; schedules, sampling and data sets have separate files. */

const positive = z.number().positive();

/** b: the factor on x0 before noise is added. Chen 2023, sec. 2.2. */
export const inputScaleSchema = z.number().positive().min(1e-9).max(100);

/** What the network is trained to predict. `edm` is EDM's preconditioned F; `flow` is eps - x0 (Lipman et al. 2023); `ve` is -eps, of an unscaled input (EDM, Table 1, column VE). */
export const parameterisationSchema = z.enum(['eps', 'x0', 'v', 'edm', 'flow', 've']);
export type Parameterisation = z.infer<typeof parameterisationSchema>;

/** How the noised image is scaled before the network sees it: not at all, by the variance the schedule implies, by each image's own standard deviation. Chen 2023, Alg. 2. */
export const normalisationSchema = z.enum(['none', 'analytic', 'per-sample']);
export type Normalisation = z.infer<typeof normalisationSchema>;

/** The scalar that gives the network its noise level: t, gamma, sigma itself (the fast.ai lesson), ln(sigma)/4 (EDM, Table 1), or nothing. */
export const conditioningSchema = z.enum(['t', 'gamma', 'sigma', 'ln-sigma', 'none']);
export type Conditioning = z.infer<typeof conditioningSchema>;

/** Whether the network is given the class of an image, and the fraction of training images for which it is not, so that it also learns to be unconditional. Ho & Salimans 2022, Alg. 1. */
export const classConditionSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('label'), labelDropout: z.number().min(0).max(0.99).default(0.1) }),
]);
export type ClassCondition = z.infer<typeof classConditionSchema>;

/** The distribution of training noise levels: t uniform on its schedule, or a distribution of sigma itself. */
export const noiseDistributionSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('schedule') }),
  /** ln sigma ~ N(mean, std^2), EDM, Table 1. Up to 8.5 standard deviations from the mean, which one draw in 5e16 exceeds, |ln sigma| is at most 88; float32 ends at 88.7. */
  z.strictObject({ kind: z.literal('log-normal'), mean: z.number().min(-20).max(20).default(-1.2), std: positive.max(8).default(1.2) }),
  /** EDM, Table 1, column VE. */
  z.strictObject({ kind: z.literal('log-uniform'), sigmaMin: sigmaSchema.default(0.02), sigmaMax: sigmaSchema.default(100) }),
  /** ln sigma has a Cauchy distribution, cut off at the ends, since its tails reach beyond any float; it has no mean, and `location` is its median. Hang et al. 2024, whose log-SNR is -2 ln sigma. */
  z.strictObject({ kind: z.literal('cauchy'), location: z.number().min(-20).max(20).default(0), scale: positive.min(1e-3).max(100).default(0.5), sigmaMin: sigmaSchema.default(0.002), sigmaMax: sigmaSchema.default(500) })
    .refine(({ location, sigmaMin, sigmaMax }) => location >= Math.log(sigmaMin) && location <= Math.log(sigmaMax), { message: 'location, of ln sigma, must lie between ln sigmaMin and ln sigmaMax', path: ['location'] }),
  /** t uniform from epsilon to 1 on the VP process. EDM, Table 1, column VP. */
  z.strictObject({ kind: z.literal('vp'), ...vpProcess, epsilon: positive.min(1e-12).max(0.5).default(1e-5) }).refine(endsFinite, vpTooNoisy),
  /** One of `levels` discrete levels. EDM, Table 1, column iDDPM. */
  z.strictObject({ kind: z.literal('iddpm'), ...iddpmLevels }),
]).refine((distribution) => !('sigmaMin' in distribution) || distribution.sigmaMin < distribution.sigmaMax, { message: 'sigmaMin must be below sigmaMax', path: ['sigmaMin'] });

/** The weight of each noise level in the loss: uniform on the network's own target, or as stated on the error named there. */
export const lossWeightSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('uniform') }),
  /** (sigma^2 + sigmaData^2)/(sigma sigmaData)^2. EDM, Table 1. */
  z.strictObject({ kind: z.literal('edm') }),
  /** 1/sigma^2 on the error of x0-hat. EDM, Table 1, columns VP, VE and iDDPM. */
  z.strictObject({ kind: z.literal('eps') }),
  /** min(SNR, snrCap) on the error of b x0-hat. Hang et al. 2023. */
  z.strictObject({ kind: z.literal('min-snr'), snrCap: positive.min(1e-9).max(1e9).default(5) }),
  /** SNR snrCap/(SNR + snrCap), likewise. */
  z.strictObject({ kind: z.literal('soft-min-snr'), snrCap: positive.min(1e-9).max(1e9).default(5) }),
  /** sigmoid(bias - logSNR) on the error of eps. Kingma & Gao 2023. */
  z.strictObject({ kind: z.literal('sigmoid'), bias: z.number().default(0) }),
  /** That of edm, divided by the loss that a head beside the network learns of each level. EDM2, Karras et al. 2024, eq. 21. */
  z.strictObject({ kind: z.literal('learned'), channels: z.int().min(2).max(1024).default(128) }),
]);

/** Which noise an image of a training batch is given: its own, or that of the assignment with the least total distance. Li et al. 2024 (Immiscible Diffusion). */
export const noisePairingSchema = z.enum(['independent', 'immiscible']);
export type NoisePairing = z.infer<typeof noisePairingSchema>;

/** Pixels lie in [-dataRange, dataRange]: 1, or 0.5 as in the first half of the fast.ai lesson. */
export const dataRangeSchema = z.union([z.literal(1), z.literal(0.5)]);

/** The standard deviation of the data that scalings assume: the measured one, or a number (the lesson's 0.33). */
export const sigmaDataSchema = z.union([z.literal('measured'), positive.min(1e-9).max(1e9)]);

/** How a U-Net's blocks are connected: ours, small; Ho et al. 2020, as in diffusers; Song et al. 2021, as in EDM. See libs/diffusion/src/wiring.ts. */
export const architectureSchema = z.enum(['compact', 'ddpm', 'ddpm++']);

/** A U-Net, finest level first. Or no network, but the exact denoiser of synthetic data; or a program. */
export const unetSchema = z.strictObject({
  architecture: architectureSchema.default('compact'),
  channels: z.array(z.int().min(4).max(1024).multipleOf(4)).min(1).max(5),
  /** Channels after the first convolution; absent: the finest level's. */
  baseChannels: z.int().min(4).max(1024).multipleOf(4).optional(),
  /** Residual blocks per level. */
  blocks: z.int().min(1).max(8),
  /** Nowhere; in the middle of the lowest level; or there and after the blocks of the levels listed, 0 the finest. */
  attention: z.union([z.boolean(), z.array(z.int().min(0).max(4)).min(1).max(5)]).default(false),
  /** Channels of an attention head; absent: one head. */
  headChannels: z.int().min(1).max(1024).optional(),
  groups: z.int().min(1).max(32).default(4),
  /** Whether the noise level scales and shifts after a block's second norm (Dhariwal & Nichol 2021, sec. 3.1), or is added before it. */
  scaleShift: z.boolean().default(false),
});
export type UNetSpec = z.infer<typeof unetSchema>;
export const networkSchema = z.union([unetSchema, z.strictObject({ kind: z.literal('exact') }), programSchema]);
export type NetworkSpec = z.infer<typeof networkSchema>;

/**
 * Named networks; `groups` divides the channels of each. `lesson` is the fast.ai lesson's own: diffusers' UNet2DModel(in_channels=1,
 * out_channels=1, block_out_channels=(32, 64, 128, 256), norm_num_groups=8). `ddpm++` is EDM's for CIFAR-10, with attention at 16x16 of 32x32.
 */
const shapes = {
  'tiny': { channels: [16, 32], blocks: 1, attention: false, groups: 4 },
  'small': { channels: [16, 32, 64], blocks: 2, attention: false, groups: 8 },
  'base': { channels: [32, 64, 128], blocks: 2, attention: false, groups: 8 },
  'large': { channels: [32, 64, 128, 256], blocks: 2, attention: true, groups: 8 },
  'lesson': { architecture: 'ddpm', channels: [32, 64, 128, 256], blocks: 2, attention: [1, 2, 3], headChannels: 8, groups: 8 },
  'ddpm++': { architecture: 'ddpm++', channels: [256, 256, 256], baseChannels: 128, blocks: 4, attention: [1], groups: 32 },
  'exact': { kind: 'exact' },
} as const satisfies Record<string, z.input<typeof networkSchema>>;
export type NetworkName = keyof typeof shapes;

export const networkNames = Object.keys(shapes) as [NetworkName, ...NetworkName[]];

/** Named networks with every default filled in. */
export const networks = Object.fromEntries(networkNames.map((name) => [name, networkSchema.parse(shapes[name])])) as
  { readonly [N in NetworkName]: N extends 'exact' ? Extract<NetworkSpec, { kind: 'exact' }> : UNetSpec };

/** A network's name, or its shape; always resolves to the shape, so a name is only a shorthand. */
export const networkChoiceSchema = z
  .union([z.enum(networkNames), ...networkSchema.options])
  .transform((network): NetworkSpec => (typeof network === 'string' ? networks[network] : network));

/** Whether a network is one of ours. */
export function isUNet(network: NetworkSpec): network is UNetSpec {
  return 'channels' in network;
}

/** Whether there is no network, but the exact denoiser of synthetic data. */
export function isExact(network: NetworkSpec): network is Extract<NetworkSpec, { kind: 'exact' }> {
  return 'kind' in network && network.kind === 'exact';
}

/** Whether a program is the network. */
export function isProgram(network: NetworkSpec): network is Extract<NetworkSpec, { kind: 'program' }> {
  return 'kind' in network && network.kind === 'program';
}

/** A random seed: the same seed gives the same result. */
export const seedSchema = z.int().min(0).max(2 ** 31 - 1);

/** The network that estimates a noised image's level, and the length of its training. Images are counted with repetition. */
export const estimatorSchema = z.strictObject({
  channels: z.array(z.int().min(4).max(1024).multipleOf(4)).min(1).max(6),
  groups: z.int().min(1).max(32),
  images: z.int().min(0),
  batch: z.int().min(1),
  learningRate: z.number().positive(),
  seed: seedSchema,
});
export type EstimatorSpec = z.infer<typeof estimatorSchema>;

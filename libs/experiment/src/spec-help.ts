import type { WrittenSpec } from './grammar.js';
import type { ParameterName, ParameterValues } from './parameters.js';
import type { JsonSchema } from './schema-options.js';

/** What the words of a sweep file mean, a sentence each: descriptions in its JSON Schema, which editors show. docs/spec.md has more. */

type Block = { [K in keyof WrittenSpec]-?: NonNullable<WrittenSpec[K]> };

const keys: Readonly<Record<keyof WrittenSpec, string>> = {
  name: 'The name of the sweep, for people; commands find it by this too.',
  description: 'Text for people.',
  profile: 'Which of `profiles` to use; without it, the file as written.',
  profiles: 'Variants of this sweep by name: what each changes. Records are merged key by key; lists, and records with kind, name, value or values, are replaced.',
  overrides: 'What the command line changed in the file: a record, not applied again.',
  dataset: 'The images to train on and to compare with.',
  method: 'Which combinations of values are cells: all of them (grid), some drawn at random, or those that `include` lists.',
  preset: "Columns of EDM's Table 1, whole or in parts, for parameters that are not written out.",
  parameters: 'The axes of the sweep: each with one `value`, `values` to vary or, with the method random, a `distribution`. The last one varies fastest.',
  where: "An expression in CEL over a cell's parameters; cells for which it is false are dropped: sampler.kind != 'heun' || steps <= 10",
  include: 'Cells added to the grid; a parameter that an entry does not name takes each of its values.',
  exclude: 'Cells that have all values of an entry are dropped.',
  seeds: 'Each cell is trained once for every train seed, and each of these networks sampled once for every sample seed.',
  race: 'Train seeds, or ever longer training, are given bit by bit, and no more to cells that are behind.',
  budget: 'What the sweep may spend; when it is used up, running stages end and no more start.',
  repeats: 'More seeds for some cells.',
  train: 'How networks are trained. What is also a parameter gives its default here.',
  noiseLevelEstimator: 'The network that estimates the noise level of an image; trained only where `noiseLevel` is predicted.',
  evaluate: 'What is measured of the generated images.',
};

const parameters: Readonly<Record<ParameterName, string>> = {
  schedule: 'The noise schedule: signal power gamma over t, from image (t = 0) to noise (t = 1).',
  noiseDistribution: 'What training draws noise levels from: t uniform on the schedule, or a distribution of sigma.',
  inputScale: 'b, the factor on the image before noise is added; below 1 is noisier at every t.',
  dataRange: 'Pixels lie in [-dataRange, dataRange].',
  sigmaData: 'The standard deviation of the data that the scalings assume; measured, or a number.',
  parameterisation: "What the network predicts: the noise (eps), the image (x0), v, EDM's F (edm), flow, or VE's -eps (ve).",
  lossWeight: 'The factor of a noise level on the squared error.',
  noisePairing: 'Whether each training image has its own noise, or the noise of a batch is assigned to its images by the least total distance (Li et al. 2024).',
  normalisation: 'How the noised image is scaled to unit variance before the network sees it.',
  conditioning: 'The scalar that tells the network its noise level.',
  classCondition: 'Whether the network is given the class of the image.',
  network: 'The U-Net, by name or by its shape, or a program.',
  learningRate: "Adam's peak learning rate.",
  learningRatePlan: "The learning rate's course over training, as a fraction of its peak.",
  optimiser: 'Adam, and its constants.',
  gradientClip: 'The largest norm of all gradients together, or false.',
  dropout: "The fraction of a residual block's features dropped in training.",
  augmentation: 'How training images are varied.',
  sampler: 'The algorithm that goes from noise to image.',
  steps: 'Steps of the sampler; those of second order evaluate the network twice in all but the last.',
  discretisation: 'The noise levels that the sampler visits.',
  samplingSchedule: 'sigma(t), the time that the sampler integrates over (EDM, Table 1).',
  samplingScaling: 's(t), the factor on the state while sampling (EDM, Table 1).',
  clampX0: 'Whether x0-hat is clamped to the data range, or to [-c, c].',
  noiseLevel: "Whether the sampler's noise level is used, or predicted from the image.",
  guidance: 'Classifier-free guidance, or autoguidance by a worse network, at all levels or in an interval.',
  ema: "Which average of the weights is sampled: the training's own, a power-function average by its std or half-life, or none.",
};

/** What another value costs, beside what the parameter is. */
const costs = (parameter: ParameterName): string => {
  if (parameter === 'guidance') return '';
  return sampled.has(parameter) ? ' Another value costs no training.' : ' Another value costs another training run.';
};

const sampled: ReadonlySet<ParameterName> = new Set(['sampler', 'steps', 'discretisation', 'samplingSchedule', 'samplingScaling', 'clampX0', 'noiseLevel', 'ema']);

type Kinds<P extends ParameterName> = Readonly<Record<Extract<ParameterValues[P], { kind: string }>['kind'], string>>;

const kinds: { readonly [P in 'schedule' | 'noiseDistribution' | 'lossWeight' | 'sampler' | 'discretisation' | 'guidance' | 'ema']: Kinds<P> } = {
  schedule: {
    'linear': 'gamma = 1 - t (Chen 2023, Alg. 1).',
    'cosine': 'cos(u pi/2)^(2 tau), u from start to end, rescaled to run from 1 to 0 (Chen 2023, Alg. 1).',
    'sigmoid': 'sigmoid(-u/tau), u from start to end, rescaled to run from 1 to 0 (Chen 2023, Alg. 1).',
    'cosine-released': "The cosine of Chen 2023's code, not rescaled.",
    'log': "-ln u, rescaled to run from 1 to 0 (Chen 2023's code).",
    'beta-linear': 'The product of 1 - beta_i, betas linear (Ho et al. 2020).',
    'vp': 'exp(-(betaD t^2/2 + betaMin t)) (Song et al. 2021; EDM, Table 1).',
    'shifted-cosine': 'log-SNR -2 ln tan(pi t/2) + 2 ln shift (Hoogeboom et al. 2023).',
    'laplace': 'The log-SNR has a Laplace distribution over uniform t (Hang et al. 2024).',
    'logit-normal': 'The logit of the flow time is normal over uniform t (Esser et al. 2024).',
    'flow': 'sigma = shift t/(1 - t), flow matching with its own time (Lipman et al. 2023; shift: Esser et al. 2024).',
    'mode-weighted': 'The middle of the flow time comes more often, by scale (Esser et al. 2024).',
    'zero-terminal-snr': 'Another schedule, `of`, scaled so that no signal is left at t = 1 (Lin et al. 2024).',
  },
  noiseDistribution: {
    'schedule': 't uniform in [0.001, 0.999] on the schedule.',
    'log-normal': 'ln sigma ~ N(mean, std^2) (EDM).',
    'log-uniform': "ln sigma uniform (EDM's VE).",
    'cauchy': 'ln sigma has a Cauchy distribution, cut off at sigmaMin and sigmaMax (Hang et al. 2024).',
    'vp': "t uniform on the VP process (EDM's VP).",
    'iddpm': "One of the discrete levels of iDDPM (EDM's iDDPM).",
  },
  lossWeight: {
    'uniform': "1 on the error of the network's own target.",
    'edm': '(sigma^2 + sigmaData^2)/(sigma sigmaData)^2 on the error of x0-hat (EDM, Table 1).',
    'eps': '1 on the error of eps-hat (EDM, Table 1).',
    'min-snr': 'min(SNR, snrCap) on the error of z-hat (Hang et al. 2023).',
    'soft-min-snr': 'SNR snrCap/(SNR + snrCap) on the error of z-hat.',
    'sigmoid': 'sigmoid(bias - ln SNR) on the error of eps-hat (Kingma and Gao 2023).',
    'learned': 'That of edm, divided by the loss that a head beside the network learns of each level (Karras et al. 2024).',
  },
  sampler: {
    'ddpm': 'N evaluations in N steps (Ho et al. 2020).',
    'ddim': 'N evaluations in N steps (Song et al. 2021); eta 0 is deterministic, 1 is DDPM.',
    'euler': 'N evaluations in N steps (EDM, Alg. 2 without the second-order correction).',
    'euler-ancestral': 'N evaluations in N steps, each with fresh noise (k-diffusion).',
    'heun': '2N - 1 evaluations in N steps (EDM, Alg. 2).',
    'second-order': '2N - 1 evaluations in N steps (EDM, Alg. 3): alpha 1/2 midpoint, 2/3 Ralston, 1 Heun.',
    'dpm-2': '2N - 1 evaluations in N steps; DPM-Solver-2 (Lu et al. 2022; k-diffusion).',
    'dpm-2-ancestral': '2N - 1 evaluations in N steps, each with fresh noise (k-diffusion).',
    'lms': 'N evaluations in N steps; a linear multistep method (k-diffusion).',
    'ipndm': 'N evaluations in N steps; Adams-Bashforth with the weights of even steps (Zhang and Chen 2022).',
    'deis': 'N evaluations in N steps; tAB-DEIS (Zhang and Chen 2022).',
    'unipc': 'N evaluations in N steps, with its corrector (Zhao et al. 2023).',
    'dpm-3': '3N - 2 evaluations in N steps; DPM-Solver-3 (Lu et al. 2022).',
    'dpmpp-2m': 'N evaluations in N steps; DPM-Solver++ 2M (Lu et al. 2022).',
    'dpmpp-3m': 'N evaluations in N steps; DPM-Solver++ 3M.',
    'dpmpp-2s-ancestral': '2N - 1 evaluations in N steps, each with fresh noise (k-diffusion).',
    'dpmpp-sde': '2N - 1 evaluations in N steps, each with fresh noise (k-diffusion).',
    'dpmpp-2m-sde': 'N evaluations in N steps, each with fresh noise (k-diffusion).',
    'dpmpp-3m-sde': 'N evaluations in N steps, each with fresh noise (k-diffusion).',
    'sa-solver': 'N evaluations in N steps; stochastic Adams (Xue et al. 2023).',
  },
  discretisation: {
    'uniform-t': 't from start to 0 on a schedule (Chen 2023, Alg. 3).',
    'karras': 'Uniform in sigma^(1/rho) (EDM, eq. 5).',
    'exponential': 'Uniform in ln sigma (k-diffusion).',
    'polyexponential': 'ln sigma follows the power rho of the step (k-diffusion).',
    'vp': 't from 1 to epsilon on the VP process (EDM, Table 1).',
    've': 'Geometric (EDM, Table 1).',
    'iddpm': "Evenly spaced ones of iDDPM's discrete levels (EDM, Table 1).",
    'uniform-log-snr': 'Uniform in log-SNR between two times of a schedule (Lu et al. 2022).',
    'beta': 'Times at even quantiles of a Beta distribution (Lee et al. 2024).',
    'discrete': 'Timesteps of T, spaced as in diffusers: trailing, leading or linspace (Lin et al. 2024).',
    'list': 'Levels of your own.',
    'align-your-steps': 'Published lists of levels (Sabour et al. 2024).',
    'optimised': 'Chosen by a stage of its own for network, solver and steps, out of a longer run (GITS, Chen et al. 2024).',
    'variable-skip': 'Of 1,000 levels every 10th, then every 9th, and so on: 296 in all (after the fast.ai course).',
  },
  guidance: {
    'none': 'No guidance.',
    'classifier-free': 'D_uncond + scale (D_cond - D_uncond) (Ho and Salimans 2022).',
    'autoguidance': 'D_guide + scale (D - D_guide), the guide a worse version of the same network (Karras et al. 2024).',
  },
  ema: {
    'power': "A power-function average, reconstructed from the snapshots of train.emaSnapshots (EDM2, Karras et al. 2024).",
    'trained': 'The average that the training keeps, of train.emaHalfLifeImages and train.emaRamp.',
    'none': 'The weights after the last step.',
  },
};

/** The keys of a block, those of each of its kinds. */
type KeysOf<T> = T extends unknown ? keyof T : never;

const blocks: { readonly [B in 'seeds' | 'train' | 'evaluate' | 'noiseLevelEstimator' | 'race' | 'budget']: Readonly<Record<KeysOf<Block[B]>, string>> } = {
  seeds: { train: 'A training run for each.', sample: 'Images are generated from other noise for each.' },
  train: {
    network: parameters.network, learningRate: parameters.learningRate, learningRatePlan: parameters.learningRatePlan, optimiser: parameters.optimiser,
    gradientClip: parameters.gradientClip, dropout: parameters.dropout, augmentation: parameters.augmentation,
    images: 'Images seen, counted with repetition; 0 leaves the network as it was initialised.',
    batch: 'Images of a training step.',
    emaHalfLifeImages: 'Half-life, in images, of the running average of the weights, which is what is sampled; a twentieth of `images` unless given.',
    emaRamp: 'The half-life is at most this fraction of the images seen so far, or false.',
    emaSnapshots: 'How many snapshots of each of two averages a training keeps, from which others are reconstructed; 64 are enough for most. Without it, `ema` can be trained or none.',
  },
  evaluate: {
    samples: 'Images generated for each trial. Scores compare only at the same number.',
    metrics: 'By name, or with a number of images and parameters of their own: { kind: fid, n: 256 }. More can be added to a finished sweep.',
    extractor: 'The network whose features are compared; scores of two extractors never share a ranking.',
    inputRange: 'The extractor sees pixels in [-inputRange, inputRange].',
    trajectory: 'Whether x0-hat is scored at every step of sampling too.',
  },
  noiseLevelEstimator: {
    channels: 'Channels of each level, finest first.', groups: 'Groups of the group norms.', images: 'Images seen in its training.', batch: 'Images of a training step.',
    learningRate: "Adam's peak learning rate.", seed: 'Its own seed: one such network serves every train seed.',
  },
  race: {
    kind: 'Over train seeds, or over training length (successive halving).', factor: 'Each training is so many times as long as the one before; one cell in so many gets it.',
    first: 'Train seeds, or with halving images of training, that every cell has before the first look.', level: 'The chance that the truly best cell is stopped, at most.',
    looks: 'What was decided so far: a record that the fleet keeps.', over: 'Whether the race has ended: a record that the fleet keeps.',
  },
  budget: { deviceHours: 'Hours of slots.', wallHours: 'Hours on the clock since the sweep was submitted.' },
};

type Members = Readonly<Record<string, JsonSchema>>;

const withHelp = (members: Members | undefined, help: Readonly<Record<string, string>>): Members => Object.fromEntries(Object.entries(members ?? {}).map(([key, member]) => [key, key in help ? { ...member, description: help[key] } : member]));

/** A record with what its keys mean; of a union, each of its kinds. */
const withMemberHelp = (member: JsonSchema, help: Readonly<Record<string, string>>): JsonSchema => (member.oneOf === undefined
  ? { ...member, properties: withHelp(member.properties, help) }
  : { ...member, oneOf: member.oneOf.map((option) => ({ ...option, properties: withHelp(option.properties, help) })) });

/** The top of the schema of sweep files with what its keys mean. */
export function withKeyHelp(spec: JsonSchema): JsonSchema {
  const axes = Object.fromEntries(Object.entries(parameters).map(([name, help]) => [name, `${help}${costs(name as ParameterName)}`]));
  const inner: Readonly<Record<string, Readonly<Record<string, string>>>> = { ...blocks, parameters: axes };
  const members = Object.entries(spec.properties ?? {}).map(([key, member]) => [key, key in inner ? withMemberHelp(member, inner[key]!) : member] as const);
  return { ...spec, properties: withHelp(Object.fromEntries(members), keys) };
}

/** The schema of a parameter's values with what its kinds mean. */
export function withKindHelp(parameter: string, schema: JsonSchema): JsonSchema {
  const help: Readonly<Record<string, string>> | undefined = kinds[parameter as keyof typeof kinds];
  if (help === undefined || schema.oneOf === undefined) return schema;
  return { ...schema, oneOf: schema.oneOf.map((option) => ({ ...option, ...(option.properties?.['kind'] && { description: help[String(option.properties['kind'].const)] }) })) };
}

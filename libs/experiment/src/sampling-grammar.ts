import { z } from 'zod';
import { networkChoiceSchema, seedSchema } from './design.js';
import { endsFinite, iddpmLevels, sigmaSchema, vpProcess, vpTooNoisy } from './level-bounds.js';
import { scheduleSchema } from './schedule-grammar.js';

/** The grammar of sampling: the sampler and its noise levels. What each word means is defined in libs/diffusion. */

const unit = z.number().min(0).max(1);
const positive = z.number().positive();

/** An option that is only there with one of its values: written out with the other, it is as if absent, and the same stage. */
const onlyIf = <const V extends boolean>(value: V) => z.boolean().transform((given): V | undefined => (given === value ? value : undefined)).optional();

/** The first x0-hat of a deterministic solver is that of Gaussian data around 0, at no call. */
const first = { analyticFirst: onlyIf(true) };

/** Fresh noise of a stochastic sampler: its fraction, and its standard deviation (k-diffusion's s_noise). */
const freshNoise = { eta: unit.default(1), sNoise: positive.default(1) };

/** Noise added before each step, in a range of sigma. EDM, Alg. 2. */
const churn = {
  sChurn: z.number().min(0).default(0),
  sTmin: z.number().min(0).default(0),
  /** Absent: no upper end. */
  sTmax: positive.optional(),
  sNoise: positive.default(1),
};

/** The algorithm that goes from noise to image. */
export const samplerSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ddpm'), variance: z.enum(['small', 'large']).default('small') }),
  z.strictObject({
    kind: z.literal('ddim'),
    eta: unit.default(0),
    /** The noise of a step is computed from x0-hat after its clamp, or is the network's own (the fast.ai lesson). */
    noiseFrom: z.enum(['clamped', 'network']).default('clamped'),
    /** Fresh noise is omitted where 1 - gamma of the next level is at most its variance plus this; the lesson has 0.01. */
    quietBelow: z.number().min(0).max(1).default(0),
    ...first,
  }),
  z.strictObject({ kind: z.literal('euler'), ...churn, ...first }),
  z.strictObject({ kind: z.literal('euler-ancestral'), ...freshNoise }),
  z.strictObject({ kind: z.literal('heun'), ...churn, ...first }),
  /** EDM, Alg. 3's family of second-order steps: 1/2 midpoint, 2/3 Ralston, 1 Heun; beyond 1.1 a step may evaluate below sigma 0. */
  z.strictObject({ kind: z.literal('second-order'), alpha: positive.max(1.1).default(1), ...churn, ...first }),
  z.strictObject({ kind: z.literal('dpm-2'), ...churn, ...first }),
  z.strictObject({ kind: z.literal('dpm-2-ancestral'), ...freshNoise }),
  z.strictObject({ kind: z.literal('lms'), order: z.int().min(1).max(4).default(4), ...first }),
  /** Adams-Bashforth with the weights of even steps. Zhang & Chen 2022. */
  z.strictObject({ kind: z.literal('ipndm'), order: z.int().min(1).max(4).default(4), ...first }),
  /** tAB: the slope's polynomial in the time of the VP process. Zhang & Chen 2022. */
  z.strictObject({ kind: z.literal('deis'), degree: z.int().min(1).max(3).default(3), betaD: vpProcess.betaD, betaMin: vpProcess.betaMin, ...first }),
  /** Zhao et al. 2023. */
  z.strictObject({ kind: z.literal('unipc'), order: z.int().min(1).max(3).default(2), variant: z.enum(['bh1', 'bh2']).default('bh2'), ...first }),
  /** DPM-Solver-3, single-step. Lu et al. 2022. */
  z.strictObject({ kind: z.literal('dpm-3'), ...first }),
  z.strictObject({ kind: z.literal('dpmpp-2m'), ...first }),
  z.strictObject({ kind: z.literal('dpmpp-3m'), ...first }),
  /** A stochastic Adams method; a corrector of 0 makes none. Xue et al. 2023. */
  z.strictObject({ kind: z.literal('sa-solver'), ...freshNoise, predictor: z.int().min(1).max(4).default(2), corrector: z.int().min(0).max(4).default(2) }),
  z.strictObject({ kind: z.literal('dpmpp-2s-ancestral'), ...freshNoise }),
  z.strictObject({ kind: z.literal('dpmpp-sde'), ...freshNoise, r: positive.max(1).default(0.5) }),
  z.strictObject({ kind: z.literal('dpmpp-2m-sde'), ...freshNoise, solver: z.enum(['midpoint', 'heun']).default('midpoint') }),
  z.strictObject({ kind: z.literal('dpmpp-3m-sde'), ...freshNoise }),
]);
export type SamplerSpec = z.infer<typeof samplerSchema>;

const sigmas = (sigmaMin: number, sigmaMax: number) => ({ sigmaMin: sigmaSchema.default(sigmaMin), sigmaMax: sigmaSchema.default(sigmaMax) });

/** Where the levels end: at 0, or with false at the last of them above it, with one more before it. */
const ending = { denoiseToZero: onlyIf(false) };

/** Levels along a schedule: the training's own when none is named. `shift` multiplies every sigma: the ratio of resolutions in Hoogeboom et al. 2023, alpha in Esser et al. 2024. */
const onSchedule = { schedule: scheduleSchema.optional(), shift: positive.min(1e-3).max(1e3).optional() };

/** The part of a schedule that levels span, as t. */
const timeRange = { start: unit.min(1e-6).default(0.99), end: unit.min(1e-6).default(0.001) };

/** The lists of Align Your Steps. Sabour et al. 2024. */
const alignYourStepsLists = ['sd-1.5', 'sdxl', 'deepfloyd-if'] as const;

/** The noise levels that a sampler visits, decreasing to 0 (EDM: time steps). */
export const discretisationSchema = z.discriminatedUnion('kind', [
  /** t uniform from `start` down to 0 on a schedule, the training's own when none is named. */
  z.strictObject({ kind: z.literal('uniform-t'), start: unit.min(0.01).default(0.99), ...onSchedule }),
  /** EDM, eq. 5. */
  z.strictObject({ kind: z.literal('karras'), rho: positive.default(7), ...sigmas(0.002, 80), ...ending }),
  /** Uniform in ln sigma. */
  z.strictObject({ kind: z.literal('exponential'), ...sigmas(0.002, 80), ...ending }),
  z.strictObject({ kind: z.literal('polyexponential'), rho: positive.default(1), ...sigmas(0.002, 80), ...ending }),
  /** EDM, Table 1, column VP. */
  z.strictObject({ kind: z.literal('vp'), betaMin: vpProcess.betaMin, betaD: vpProcess.betaD, epsilon: positive.min(1e-12).max(0.5).default(1e-3), ...ending }).refine(endsFinite, vpTooNoisy),
  /** EDM, Table 1, column VE. */
  z.strictObject({ kind: z.literal('ve'), ...sigmas(0.02, 100), ...ending }),
  /** EDM, Table 1, column iDDPM + DDIM: `levels` discrete levels u_j, of which those from `first` on are distributed over the steps. */
  z.strictObject({ kind: z.literal('iddpm'), levels: iddpmLevels.levels, first: z.int().min(0).default(8), c1: iddpmLevels.c1, c2: iddpmLevels.c2 }),
  /** The fast.ai lesson's variable skip over 1,000 discrete levels of a schedule: every 10th, then 9th ...; its own number of steps, `steps` must equal it. */
  z.strictObject({ kind: z.literal('variable-skip'), schedule: scheduleSchema.optional() }),
  /** Uniform in log-SNR between two t of a schedule. Lu et al. 2022; between two sigmas it is `exponential`. */
  z.strictObject({ kind: z.literal('uniform-log-snr'), ...timeRange, ...onSchedule, ...ending }),
  /** t at even quantiles of a beta distribution. Lee et al. 2024. */
  z.strictObject({ kind: z.literal('beta'), alpha: positive.min(0.05).max(20).default(0.6), beta: positive.min(0.05).max(20).default(0.6), ...timeRange, ...onSchedule, ...ending }),
  /** Discrete timesteps of a schedule, and which of them a run visits. Lin et al. 2024, Table 2. */
  z.strictObject({ kind: z.literal('discrete'), timesteps: z.int().min(2).max(100_000).default(1000), spacing: z.enum(['leading', 'linspace', 'trailing']).default('trailing'), offset: z.int().min(1).max(99_999).optional(), ...onSchedule, ...ending }),
  /** Levels by hand, falling in sigma; another number than `steps` + 1 is interpolated in ln sigma. */
  z.strictObject({ kind: z.literal('list'), levels: z.array(z.number().min(0).max(1e30)).min(1).max(1001), in: z.enum(['sigma', 'gamma', 't']).default('sigma'), schedule: scheduleSchema.optional(), ...ending }),
  /** A list optimised for other data than ours. */
  z.strictObject({ kind: z.literal('align-your-steps'), of: z.enum(alignYourStepsLists).default('sd-1.5'), ...ending }),
  /** Chosen for the cell's network, solver and number of steps, out of the levels of a longer run. Chen et al. 2024 (GITS). */
  z.strictObject({ kind: z.literal('optimised'), rho: positive.default(7), ...sigmas(0.002, 80), teacherSteps: z.int().min(2).max(500).default(60), images: z.int().min(1).max(10_000).default(256), coefficient: positive.min(0.1).max(10).default(1.15), seed: seedSchema.default(1) }),
]);
export type DiscretisationSpec = z.infer<typeof discretisationSchema>;

/** Whether the last step goes to 0. */
export const endsAtZero = (discretisation: DiscretisationSpec): boolean => !('denoiseToZero' in discretisation) || discretisation.denoiseToZero !== false;

/** Whether a sampler draws fresh noise. */
export const drawsNoise = (sampler: SamplerSpec): boolean => sampler.kind === 'ddpm' || ('eta' in sampler && sampler.eta > 0) || ('sChurn' in sampler && sampler.sChurn > 0);

/** Whether a sampler makes no first call. */
export const startsAnalytically = (sampler: SamplerSpec): boolean => 'analyticFirst' in sampler && sampler.analyticFirst === true;

/** sigma(t) of the time that a sampler integrates: sigma itself, or EDM's VP and VE baselines. EDM, Table 1. */
export const samplingScheduleSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('linear') }),
  z.strictObject({ kind: z.literal('vp'), ...vpProcess }).refine(endsFinite, vpTooNoisy),
  z.strictObject({ kind: z.literal('ve') }),
]);

/** s(t), the factor on the state that a sampler integrates: 1, or 1/sqrt(1 + sigma^2). EDM, Table 1. */
export const samplingScalingSchema = z.enum(['none', 'vp']);

/** The samplers that integrate along any sigma(t) and s(t): EDM's solvers. The others are defined in sigma. */
export const pathSamplers: readonly SamplerSpec['kind'][] = ['euler', 'heun', 'second-order'];

/** Steps of the sampler; NFE follows from both. */
export const stepsSchema = z.int().min(1).max(10_000);

/** Where the noise level of an image comes from: the discretisation, or a network that estimates logit(gamma), clamped to within a factor `clamp` of the batch's median (the fast.ai lesson). */
export const noiseLevelSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('known') }),
  z.strictObject({ kind: z.literal('predicted'), clamp: z.number().min(1).default(2) }),
]);

/** Which average of a training's weights is sampled. */
export const emaSchema = z.discriminatedUnion('kind', [
  /** A power-function average over the whole training, by its standard deviation as a fraction of the training, or by the images at its end that have half its weight. Karras et al. 2024 (EDM2). */
  z.strictObject({ kind: z.literal('power').default('power'), std: z.number().min(0.01).max(0.25).optional(), halfLifeImages: positive.max(1e9).optional() })
    .refine(({ std, halfLifeImages }) => (std === undefined) !== (halfLifeImages === undefined), { message: 'either std or halfLifeImages' }),
  /** The average that the training itself keeps, of `emaHalfLifeImages` and `emaRamp`. */
  z.strictObject({ kind: z.literal('trained') }),
  /** The weights after the last step. */
  z.strictObject({ kind: z.literal('none') }),
]);
export type EmaSpec = z.infer<typeof emaSchema>;

/** The strength of guidance, and the levels it is limited to: sigma in (sigmaLow, sigmaHigh]. Kynkaanniemi et al. 2024. */
const guided = {
  /** 1 is no guidance; 0 is the guide alone. */
  scale: z.number().min(0).max(100),
  sigmaLow: z.number().min(0).default(0),
  /** Absent: no upper end. */
  sigmaHigh: positive.optional(),
};

/** Whether x0-hat is led away from that of a guide: D_guide + scale (D - D_guide). */
export const guidanceSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  /** The guide is the network itself, not given the class. Ho & Salimans 2022. */
  z.strictObject({ kind: z.literal('classifier-free'), ...guided }),
  /** The guide is a network trained like the cell's own and with its seed, but smaller, or on fewer images; its `ema` is the cell's unless it has one of its own. Karras et al. 2024 (arXiv 2406.02507). */
  z.strictObject({ kind: z.literal('autoguidance'), ...guided, network: networkChoiceSchema.optional(), images: z.int().min(0).max(1e9).optional(), ema: emaSchema.optional() }),
]).refine((guidance) => guidance.kind !== 'autoguidance' || guidance.network !== undefined || guidance.images !== undefined, { message: 'network, images or both, in which the guide differs from the network it guides' });
export type GuidanceSpec = z.infer<typeof guidanceSchema>;

/** x0-hat is clamped to the data range, left alone, or clamped to [-c, c], data units. */
export const clampX0Schema = z.union([z.boolean(), positive]);

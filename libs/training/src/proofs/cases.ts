import type { Guidance } from '@elucidate/diffusion/guidance-interval';
import { parameterisationSchema } from '@elucidate/experiment/design';
import { learningRatePlanSchema } from '@elucidate/experiment/recipe-grammar';
import { type StageParams } from '@elucidate/experiment/stages';
import type { Recipe } from '../recipe.js';

/** The part of a spec that a proof covers. */
export type Design = Pick<StageParams<'train'>, 'parameterisation' | 'schedule' | 'noiseDistribution' | 'inputScale' | 'lossWeight' | 'noisePairing' | 'normalisation' | 'conditioning' | 'classCondition'>;

export interface ProofCase {
  /** How it differs from the plainest design, in words; unique. */
  name: string;
  design: Design;
  /** How the network's samples of a class are guided; absent: no guidance. */
  guidance?: Guidance;
  /** How it is trained, if not by our own recipe. */
  recipe?: Partial<Recipe>;
  /** The standard deviation of the power-function average that is sampled, made from snapshots of the training; absent: the average that it keeps itself. */
  averageStd?: number;
  /** Theoretical reason why it does not pass within the updates that a proof spends. */
  failsBecause?: string;
}

type ScheduleSpec = Design['schedule'];

const clipMin = 1e-9;
const ddpm = { kind: 'beta-linear', betaMin: 1e-4, betaMax: 0.02, steps: 1000, clipMin } as const;

/**
 * One of every kind, with the grammar's defaults except for two whose defaults have little low noise; those are in `singleCases`.
 * The record is total, so a new kind must be added.
 */
const schedules: { readonly [K in ScheduleSpec['kind']]: Extract<ScheduleSpec, { kind: K }> } = {
  'linear': { kind: 'linear', clipMin },
  'cosine': { kind: 'cosine', start: 0, end: 1, tau: 1, clipMin },
  'sigmoid': { kind: 'sigmoid', start: -3, end: 3, tau: 1, clipMin },
  'cosine-released': { kind: 'cosine-released', clipMin },
  'log': { kind: 'log', start: 1, end: 2, clipMin },
  'beta-linear': ddpm,
  'vp': { kind: 'vp', betaD: 19.9, betaMin: 0.1, clipMin },
  'shifted-cosine': { kind: 'shifted-cosine', shift: 0.5, clipMin },
  'laplace': { kind: 'laplace', mean: 0, scale: 1, clipMin },
  'logit-normal': { kind: 'logit-normal', mean: 0, std: 1, clipMin },
  'flow': { kind: 'flow', shift: 1, clipMin },
  'mode-weighted': { kind: 'mode-weighted', scale: 1.29, clipMin },
  'zero-terminal-snr': { kind: 'zero-terminal-snr', of: ddpm, clipMin },
};

/** The distributions of sigma that need no schedule, with the grammar's defaults. */
const distributions = {
  'log-normal': { kind: 'log-normal', mean: -1.2, std: 1.2 },
  'log-uniform': { kind: 'log-uniform', sigmaMin: 0.02, sigmaMax: 100 },
  'cauchy': { kind: 'cauchy', location: 0, scale: 0.5, sigmaMin: 0.002, sigmaMax: 500 },
  'vp': { kind: 'vp', betaD: 19.9, betaMin: 0.1, epsilon: 1e-5 },
  'iddpm': { kind: 'iddpm', levels: 1000, c1: 0.001, c2: 0.008 },
} as const satisfies { readonly [K in Exclude<Design['noiseDistribution']['kind'], 'schedule'>]: Extract<Design['noiseDistribution'], { kind: K }> };

/** The parameterisations in the grid; `ve` is `eps` with an unscaled input, and is in `singleCases`. */
export const gridParameterisations = parameterisationSchema.options.filter((kind) => kind !== 've');

const plain = { schedule: schedules.linear, noiseDistribution: { kind: 'schedule' }, inputScale: 1, lossWeight: { kind: 'uniform' }, normalisation: 'none', conditioning: 'ln-sigma', classCondition: { kind: 'none' } } as const;

const errorsGrow = 'sampling divides the error of x0-hat by sigma, up to 50 times at its end, and a uniform weight asks for no smaller errors there (EDM, sec. 5); under min-snr with a cap of 100, whose knee is at sigma 0.1, x0 passes';

/** The cap of min-snr under which x0 is trained in the grid; see `errorsGrow`. */
const x0Cap = 100;

/** The loss weight of a parameterisation in the grid, if not uniform. */
const gridWeights: Partial<Record<Design['parameterisation'], Design['lossWeight']>> = { x0: { kind: 'min-snr', snrCap: x0Cap } };

/** A parameterisation's column in the table of the grid. */
export const columnTitle = (kind: Design['parameterisation']): string => (kind === 'x0' ? `x0, weight min-snr(${x0Cap})` : kind);

/** Every parameterisation on every kind of schedule (x0 weighted by min-snr), and two of them on distributions of sigma. */
export const gridCases: readonly ProofCase[] = [
  ...Object.values(schedules).flatMap((schedule) => gridParameterisations.map((parameterisation): ProofCase => ({
    name: `${parameterisation} ${schedule.kind}`, design: { ...plain, parameterisation, schedule, lossWeight: gridWeights[parameterisation] ?? plain.lossWeight },
  }))),
  ...Object.values(distributions).flatMap((noiseDistribution) => (['eps', 'edm'] as const).map((parameterisation): ProofCase => ({
    name: `${parameterisation}, sigma from ${noiseDistribution.kind}`, design: { ...plain, parameterisation, noiseDistribution },
  }))),
];

const givenClasses = { kind: 'label', labelDropout: 0.2 } as const;

const notConcentrated = 'a noised point does not determine its level: the distribution of the level given the point narrows as 1/(2 d) (Sun et al. 2025), and d is 2 here';
const onlyASign = 'a point divided by the standard deviation of its own two numbers is (1, -1) or (-1, 1): one bit is left';
const fewLowLevels = '1.5 % of its levels lie below sigma 0.5, where the parts come apart: too few to learn them from in so many updates';

/** Each loss weight, each conditioning, each normalisation, another input scale, the sources' recipes, and the schedule defaults that `schedules` omits. */
export const singleCases: readonly ProofCase[] = [
  single('v, weight edm', { parameterisation: 'v', lossWeight: { kind: 'edm' } }),
  single('v, weight eps', { parameterisation: 'v', lossWeight: { kind: 'eps' } }),
  single('ve, sigma from log-uniform', { parameterisation: 've', noiseDistribution: distributions['log-uniform'] }),
  single('v, weight min-snr', { parameterisation: 'v', lossWeight: { kind: 'min-snr', snrCap: 5 } }),
  single('v, weight soft-min-snr', { parameterisation: 'v', lossWeight: { kind: 'soft-min-snr', snrCap: 5 } }),
  single('v, weight sigmoid', { parameterisation: 'v', lossWeight: { kind: 'sigmoid', bias: 0 } }),
  single('v, weight learned', { parameterisation: 'v', lossWeight: { kind: 'learned', channels: 128 } }),
  single('v, immiscible', { parameterisation: 'v', noisePairing: 'immiscible' }),
  single('x0, weight edm', { parameterisation: 'x0', lossWeight: { kind: 'edm' } }),
  single('x0, weight uniform', { parameterisation: 'x0' }, errorsGrow),
  single('eps, weight edm, sigma from log-normal', { parameterisation: 'eps', lossWeight: { kind: 'edm' }, noiseDistribution: distributions['log-normal'] }),
  single('v, conditioned on t', { parameterisation: 'v', conditioning: 't' }),
  single('v, conditioned on gamma', { parameterisation: 'v', conditioning: 'gamma' }),
  single('v, conditioned on sigma', { parameterisation: 'v', conditioning: 'sigma' }),
  single('eps, unconditional', { parameterisation: 'eps', conditioning: 'none' }, notConcentrated),
  single('flow, unconditional', { parameterisation: 'flow', conditioning: 'none' }, notConcentrated),
  single('v, analytic', { parameterisation: 'v', normalisation: 'analytic' }),
  single('v, per-sample', { parameterisation: 'v', normalisation: 'per-sample' }, onlyASign),
  single('v, input scale 0.5', { parameterisation: 'v', inputScale: 0.5 }),
  single('v, given classes', { parameterisation: 'v', classCondition: givenClasses }),
  { ...single('v, guided at scale 1.5', { parameterisation: 'v', classCondition: givenClasses }), guidance: { scale: 1.5, sigmaLow: 0 } },
  { ...single('v, guided at scale 2 from sigma 0.2 to 1', { parameterisation: 'v', classCondition: givenClasses }), guidance: { scale: 2, sigmaLow: 0.2, sigmaHigh: 1 } },
  single('v, laplace(0, 0.5)', { parameterisation: 'v', schedule: { kind: 'laplace', mean: 0, scale: 0.5, clipMin } }),
  { ...single('v, trained as EDM: rate held, no clipping', { parameterisation: 'v' }), recipe: { learningRatePlan: learningRatePlanSchema.parse({ kind: 'hold', warmUpImages: 5000 }), gradientClip: false } },
  { ...single('v, trained as the lesson: one cycle with beta1', { parameterisation: 'v' }), recipe: { learningRatePlan: learningRatePlanSchema.parse({ kind: 'one-cycle', warmUp: 0.3, shape: 'cosine', end: 4e-6, beta1High: 0.95, beta1Low: 0.85 }), optimiser: { beta1: 0.9, beta2: 0.999, epsilon: 1e-5, weightDecay: 0 }, gradientClip: false } },
  { ...single('v, trained as pix2seq: a part of a cosine', { parameterisation: 'v' }), recipe: { learningRatePlan: learningRatePlanSchema.parse({ kind: 'cosine', warmUpImages: 5000, part: 0.7 }) } },
  { ...single('v, rate held, average of std 0.1 from snapshots', { parameterisation: 'v' }), recipe: { learningRatePlan: learningRatePlanSchema.parse({ kind: 'hold', warmUpImages: 5000 }) }, averageStd: 0.1 },
  single('v, log(1, 100)', { parameterisation: 'v', schedule: { kind: 'log', start: 1, end: 100, clipMin } }, fewLowLevels),
];

export const proofCases: readonly ProofCase[] = [...gridCases, ...singleCases];

function single(name: string, changes: Partial<Design> & Pick<Design, 'parameterisation'>, failsBecause?: string): ProofCase {
  return { name, design: { ...plain, ...changes }, ...(failsBecause !== undefined && { failsBecause }) };
}

import { gammaOf } from './levels.js';
import type { Schedule } from './schedules.js';

/**
 * What the network predicts. eps: the noise; x0: b x0; v: sqrt(gamma) eps - sqrt(1 - gamma) b x0 (Salimans & Ho 2022); flow: eps - b x0, the velocity
 * of the straight path (1 - t) b x0 + t eps (Lipman et al. 2023); edm: F of EDM's Table 1; ve: -eps (EDM, Table 1, column VE).
 */
export type Parameterisation = 'eps' | 'x0' | 'v' | 'flow' | 'edm' | 've';

/** How the noised image is scaled before the network sees it. Chen 2023, Alg. 2; EDM, Table 1. */
export type Normalisation = 'none' | 'analytic' | 'per-sample';

/** The scalar that the network is conditioned on; see noiseConditioning. */
export type Conditioning = 't' | 'gamma' | 'sigma' | 'ln-sigma' | 'none';

/** What the scaling of the network's output depends on. */
export interface OutputOptions {
  /** Input scale. */
  b: number;
  /** Per-pixel standard deviation of the data, in data units. The data need not have zero mean: the mean is not used. */
  sigmaData: number;
}

export interface ScalingOptions extends OutputOptions {
  normalisation: Normalisation;
}

/** D(y; sigma) = cSkip y + cOut F(cIn y; c) gives x0-hat in data units, y = x0 + sigma eps. */
export interface Scalings {
  cSkip: number;
  cOut: number;
  cIn: number;
}

/** F's target is x0 * target.x0 + eps * target.eps: equal to (x0 - cSkip y)/cOut, without its cancellation. */
export interface FTarget {
  x0: number;
  eps: number;
}

interface Kind {
  output(sigma: number, options: OutputOptions): Omit<Scalings, 'cIn'>;
  target(sigma: number, options: OutputOptions): FTarget;
  /** cIn under normalisation 'none'. */
  plainInput(sigma: number, options: OutputOptions): number;
}

/** a = sqrt(gamma) and q = sqrt(1 - gamma) at a sigma; q keeps its digits where gamma is close to 1. */
function signalAndNoise(sigma: number, b: number): { a: number; q: number } {
  const a = 1 / Math.hypot(1, b * sigma);
  return { a, q: a * b * sigma };
}

/** x_t itself: a b. */
const asNoised = (sigma: number, { b }: OutputOptions) => 1 / Math.hypot(sigma, 1 / b);
/** 1 over the standard deviation of y. */
const unitVariance = (sigma: number, { sigmaData }: OutputOptions) => 1 / Math.hypot(sigma, sigmaData);

const kinds: Readonly<Record<Parameterisation, Kind>> = {
  eps: {
    output: (sigma) => ({ cSkip: 1, cOut: -sigma }),
    target: () => ({ x0: 0, eps: 1 }),
    plainInput: asNoised,
  },
  x0: {
    output: (_, { b }) => ({ cSkip: 0, cOut: 1 / b }),
    target: (_, { b }) => ({ x0: b, eps: 0 }),
    plainInput: asNoised,
  },
  v: {
    output: (sigma, { b }) => {
      const { a, q } = signalAndNoise(sigma, b);
      return { cSkip: a * a, cOut: -q / b };
    },
    target: (sigma, { b }) => {
      const { a, q } = signalAndNoise(sigma, b);
      return { x0: -q * b, eps: a };
    },
    plainInput: asNoised,
  },
  edm: {
    output: (sigma, { sigmaData }) => {
      const total = Math.hypot(sigma, sigmaData);
      return { cSkip: (sigmaData / total) ** 2, cOut: (sigma * sigmaData) / total };
    },
    target: (sigma, { sigmaData }) => {
      const total = Math.hypot(sigma, sigmaData);
      return { x0: sigma / (sigmaData * total), eps: -sigmaData / total };
    },
    plainInput: unitVariance,
  },
  ve: {
    output: (sigma) => ({ cSkip: 1, cOut: sigma }),
    target: () => ({ x0: 0, eps: -1 }),
    plainInput: () => 1,
  },
  flow: {
    output: (sigma, { b }) => ({ cSkip: 1 / (1 + b * sigma), cOut: -sigma / (1 + b * sigma) }),
    target: (_, { b }) => ({ x0: -b, eps: 1 }),
    plainInput: (sigma, { b }) => b / (1 + b * sigma),
  },
};

/**
 * The scaling around a network at one noise level, sigma >= 0 (EDM, Table 1; the VP kinds written for y = x_t/(a b)).
 * cIn: 'none' gives the network x_t itself, a b = 1/sqrt(sigma^2 + 1/b^2); 'analytic' unit-variance input,
 * 1/sqrt(sigma^2 + sigmaData^2); 'per-sample' starts from the analytic one, and the denoiser then divides by each image's own std.
 * Under 'none', 'flow' uses its own x_t = (1 - t) b x0 + t eps, t = b sigma/(1 + b sigma), so b/(1 + b sigma);
 * 've' has y itself, 1; 'edm' is defined with the analytic cIn and keeps it.
 * EDM's columns VP and iDDPM are 'eps' at b = 1 under 'none', its column VE is 've' under 'none'.
 */
export function scalings(kind: Parameterisation, sigma: number, options: ScalingOptions): Scalings {
  const input = options.normalisation === 'none' ? kinds[kind].plainInput : unitVariance;
  return { ...outputScalings(kind, sigma, options), cIn: input(sigma, options) };
}

/** The part of the scaling that does not depend on the network's input: D = cSkip y + cOut F. */
export function outputScalings(kind: Parameterisation, sigma: number, options: OutputOptions): Omit<Scalings, 'cIn'> {
  return kinds[kind].output(sigma, options);
}

/** What the raw network F is trained to predict at one noise level. */
export function fTarget(kind: Parameterisation, sigma: number, options: OutputOptions): FTarget {
  return kinds[kind].target(sigma, options);
}

const conditionings: Readonly<Record<Conditioning, (sigma: number, schedule: Schedule, b: number) => number>> = {
  't': (sigma, schedule, b) => schedule.t(gammaOf(sigma, b)),
  'gamma': (sigma, _, b) => gammaOf(sigma, b),
  'sigma': (sigma) => sigma,
  'ln-sigma': (sigma) => Math.log(sigma) / 4,
  'none': () => 0,
};

/**
 * The scalar c that the network is conditioned on, sigma > 0: the schedule's t; gamma = 1/(1 + b^2 sigma^2) (Chen's released
 * code); sigma as it is (the fast.ai lesson; see `sinusoids`); ln(sigma)/4 (EDM, Table 1); or none, always 0 (Sun et al. 2025).
 */
export function noiseConditioning(kind: Conditioning, sigma: number, schedule: Schedule, b: number): number {
  return conditionings[kind](sigma, schedule, b);
}

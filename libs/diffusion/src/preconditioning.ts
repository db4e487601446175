import { gammaOf } from './levels.js';
import type { VpParameterisation } from './parameterisations.js';
import type { Schedule } from './schedules.js';

/** What the network gives: a VP parameterisation, or EDM's preconditioned F. */
export type Parameterisation = VpParameterisation | 'edm';

/** How the noised image is scaled before the network sees it. Chen 2023, Alg. 2; EDM, Table 1. */
export type Normalisation = 'none' | 'analytic' | 'per-sample';

/** The scalar that tells the network its noise level: t in [0, 1], or ln(sigma)/4. */
export type Conditioning = 't' | 'ln-sigma';

export interface ScalingOptions {
  /** Input scale. */
  b: number;
  /** Per-pixel standard deviation of the data, in data units. Data need not have mean zero: the mean plays no part. */
  sigmaData: number;
  normalisation: Normalisation;
}

/** D(y; sigma) = cSkip y + cOut F(cIn y; c) gives x0-hat in data units, y = x0 + sigma eps. */
export interface Scalings {
  cSkip: number;
  cOut: number;
  cIn: number;
}

/** F's target is x0 * target.x0 + eps * target.eps: what (x0 - cSkip y)/cOut comes to, without its cancellation. */
export interface FTarget {
  x0: number;
  eps: number;
}

interface Kind {
  output(sigma: number, options: ScalingOptions): Omit<Scalings, 'cIn'>;
  target(sigma: number, options: ScalingOptions): FTarget;
}

/** a = sqrt(gamma) and q = sqrt(1 - gamma) at a sigma; q keeps its digits where gamma is close to 1. */
function signalAndNoise(sigma: number, b: number): { a: number; q: number } {
  const a = 1 / Math.hypot(1, b * sigma);
  return { a, q: a * b * sigma };
}

const kinds: Readonly<Record<Parameterisation, Kind>> = {
  eps: {
    output: (sigma) => ({ cSkip: 1, cOut: -sigma }),
    target: () => ({ x0: 0, eps: 1 }),
  },
  x0: {
    output: (_, { b }) => ({ cSkip: 0, cOut: 1 / b }),
    target: (_, { b }) => ({ x0: b, eps: 0 }),
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
  },
};

/**
 * The scaling round a network at one noise level, sigma >= 0 (EDM, Table 1; the VP kinds written for y = x_t/(a b)).
 * cIn: 'none' gives the network x_t itself, a b = 1/sqrt(sigma^2 + 1/b^2); 'analytic' unit-variance input,
 * 1/sqrt(sigma^2 + sigmaData^2); 'per-sample' starts from the analytic one, and the denoiser divides by each image's own std.
 * 'edm' is defined with the analytic cIn and keeps it under 'none'.
 */
export function scalings(kind: Parameterisation, sigma: number, options: ScalingOptions): Scalings {
  const { b, sigmaData, normalisation } = options;
  const asNoised = normalisation === 'none' && kind !== 'edm';
  return { ...kinds[kind].output(sigma, options), cIn: 1 / Math.hypot(sigma, asNoised ? 1 / b : sigmaData) };
}

/** What the raw network F is trained to give at one noise level. */
export function fTarget(kind: Parameterisation, sigma: number, options: ScalingOptions): FTarget {
  return kinds[kind].target(sigma, options);
}

const conditionings: Readonly<Record<Conditioning, (sigma: number, schedule: Schedule, b: number) => number>> = {
  't': (sigma, schedule, b) => schedule.t(gammaOf(sigma, b)),
  'ln-sigma': (sigma) => Math.log(sigma) / 4,
};

/** The scalar c that tells the network its noise level, sigma > 0: the schedule's t, or ln(sigma)/4 (EDM, Table 1). */
export function noiseConditioning(kind: Conditioning, sigma: number, schedule: Schedule, b: number): number {
  return conditionings[kind](sigma, schedule, b);
}

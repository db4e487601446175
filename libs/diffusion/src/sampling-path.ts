import { vpSigma, vpSigmaRate, vpTime } from './vp-process.js';
import type { VpProcess } from './vp-process.js';

/** sigma(t), the noise level as a function of the time that a sampler integrates over, as written in a spec. */
export type SamplingScheduleShape =
  | { kind: 'linear' }
  | ({ kind: 'vp' } & VpProcess)
  | { kind: 've' };

/** s(t), the factor on the state of the ODE, as written in a spec. */
export type SamplingScaling = 'none' | 'vp';

/** The noise level as a function of time, and its inverse. */
export interface SamplingSchedule {
  /** sigma(t), t >= 0; sigma(0) = 0. */
  sigma(t: number): number;
  /** The t at which sigma(t) = sigma. */
  time(sigma: number): number;
  /** sigma'(t)/sigma(t) at a level sigma > 0. */
  rate(sigma: number): number;
}

/** The factor on the state as a function of the noise level. */
interface Scaling {
  scale(sigma: number): number;
  /** d ln s/d ln sigma. */
  slope(sigma: number): number;
}

/** The ODE dx/dt = (s'/s + sigma'/sigma) x - (sigma'/sigma) s D(x/s; sigma) that a sampler integrates. EDM, eq. 4 and Alg. 1. */
export interface SamplingPath extends SamplingSchedule, Scaling {}

const schedules: { readonly [K in SamplingScheduleShape['kind']]: (shape: Extract<SamplingScheduleShape, { kind: K }>) => SamplingSchedule } = {
  linear: () => ({ sigma: (t) => t, time: (sigma) => sigma, rate: (sigma) => 1 / sigma }),
  vp: (process) => ({
    sigma: (t) => vpSigma(process, t),
    time: (sigma) => vpTime(process, sigma),
    rate: (sigma) => vpSigmaRate(process, sigma),
  }),
  ve: () => ({ sigma: Math.sqrt, time: (sigma) => sigma ** 2, rate: (sigma) => 1 / (2 * sigma ** 2) }),
};

const scalings: Readonly<Record<SamplingScaling, Scaling>> = {
  none: { scale: () => 1, slope: () => 0 },
  vp: { scale: (sigma) => 1 / Math.hypot(1, sigma), slope: (sigma) => -(sigma ** 2) / (1 + sigma ** 2) },
};

/**
 * linear: sigma = t (EDM, DDIM). vp: sqrt(exp(betaD t^2/2 + betaMin t) - 1). ve: sqrt(t) (Song et al. 2021).
 * Scaling vp: s = 1/sqrt(1 + sigma^2), so that x = s (x0 + sigma eps) keeps unit variance. EDM, Table 1.
 */
export function samplingPath(schedule: SamplingScheduleShape, scaling: SamplingScaling): SamplingPath {
  return { ...(schedules[schedule.kind] as (shape: SamplingScheduleShape) => SamplingSchedule)(schedule), ...scalings[scaling] };
}

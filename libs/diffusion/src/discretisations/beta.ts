import { betaQuantile } from '../beta-quantile.js';
import { sigmaOf } from '../levels.js';
import type { Schedule } from '../schedules.js';
import type { TimeRange } from './log-snr.js';
import { ramp } from './ramp.js';

export interface BetaShape extends TimeRange {
  /** Exponents of the distribution; both below 1: dense at both ends. */
  alpha: number;
  beta: number;
}

/** steps + 1 sigmas: t at even quantiles of a beta distribution over [end, start], from start to end, then 0. Lee et al. 2024 (arXiv 2407.12173): alpha = beta = 0.6. */
export function betaLevels(steps: number, schedule: Schedule, { b, alpha, beta, start, end }: BetaShape & { b: number }): number[] {
  return ramp(steps, (position) => sigmaOf(schedule.gamma(end + (start - end) * betaQuantile(1 - position, alpha, beta)), b));
}

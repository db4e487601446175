import { logSnrOf } from '../levels.js';

/**
 * gamma(t), the signal power at diffusion time t (0 data, 1 noise), clipped to [clipMin, 1]; all float64.
 * Log-SNR here is at input scale 1; at b it is larger by 2 ln b.
 */
export interface Schedule {
  /** In [clipMin, 1]; falls with t. */
  gamma(t: number): number;
  /**
   * The t in [0, 1] with gamma(t) = gamma; 1 at and below gamma(1), 0 at and above gamma(0).
   * t(gamma(t)) equals t to the precision of gamma's last digit, 2e-16/((1 - gamma) |slope|): better than 1e-12 on [0.0005, 0.9995] for the usual schedules.
   */
  t(gamma: number): number;
  /** ln(gamma/(1 - gamma)) of gamma(t) before it is rounded: exact where gamma is almost 1; Infinity where there is no noise. */
  logSnr(t: number): number;
  /** d logSnr/dt, from the formula: negative, -Infinity where logSnr is Infinity, 0 where gamma is clipped. */
  slope(t: number): number;
}

/** The fall of gamma below which rounding is too much of it. */
export const leastFall = 1e-9;

/** A schedule that keeps gamma at clipMin or above. The given schedule may exceed [clipMin, 1] in gamma and [0, 1] in t. */
export function clipped(raw: Schedule, clipMin: number): Schedule {
  const least = logSnrOf(clipMin, 1);
  return {
    gamma: (t) => Math.min(1, Math.max(clipMin, raw.gamma(t))),
    t: (gamma) => {
      if (gamma >= 1) return 0;
      if (gamma <= clipMin) return 1;
      return Math.min(1, Math.max(0, raw.t(gamma)));
    },
    logSnr: (t) => Math.max(least, raw.logSnr(t)),
    slope: (t) => {
      const logSnr = raw.logSnr(t);
      if (logSnr <= least) return 0;
      return logSnr === Infinity ? -Infinity : raw.slope(t);
    },
  };
}

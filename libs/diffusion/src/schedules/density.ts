import { gammaOfLogSnr, logSnrOfSigma } from '../levels.js';
import type { Schedule } from './schedule.js';

/**
 * The density over ln sigma that t ~ U(0, 1) gives on a schedule at input scale b: 2/|d logSnr/dt| at the t of that level.
 * It integrates to the fraction of t that is not clipped. Its precision is that of gamma and t: 1e-16/(b sigma)^2 relative, 1e-16 absolute.
 */
export function density(schedule: Schedule, lnSigma: number, b: number): number {
  const logSnr = logSnrOfSigma(b) - 2 * lnSigma;
  if (!(logSnr > schedule.logSnr(1) && logSnr < schedule.logSnr(0))) return 0;
  const slope = schedule.slope(schedule.t(gammaOfLogSnr(logSnr, 1)));
  return slope === 0 ? 0 : -2 / slope;
}

import { gammaOfLogSnr } from '../levels.js';
import { clipped } from './schedule.js';
import type { Schedule } from './schedule.js';

/**
 * A schedule shifted and scaled in sqrt(gamma): t = 0 keeps its level, t = 1 has no signal, so gamma(1) = clipMin. Lin et al. 2024, Alg. 1
 * (there the first of the discrete levels is kept; here the start of the continuous schedule).
 */
export function zeroTerminalSnr(of: Schedule, clipMin: number): Schedule {
  const first = Math.sqrt(of.gamma(0));
  const last = Math.sqrt(of.gamma(1));
  const factor = first / (first - last);
  const noisePower = (t: number) => gammaOfLogSnr(-of.logSnr(t), 1);
  const noiseAtStart = noisePower(0);
  const amplitude = (t: number) => (Math.sqrt(of.gamma(t)) - last) * factor;
  /** 1 - amplitude^2, computed from the noise of `of` to keep the digits that 1 - gamma loses. */
  const noise = (t: number) => {
    const fallen = (noisePower(t) - noiseAtStart) / (first + Math.sqrt(of.gamma(t))) / (first - last);
    return noiseAtStart + first ** 2 * fallen * (2 - fallen);
  };
  return clipped({
    gamma: (t) => amplitude(t) ** 2,
    t: (gamma) => of.t((last + Math.sqrt(gamma) / factor) ** 2),
    logSnr: (t) => 2 * Math.log(amplitude(t)) - Math.log(noise(t)),
    slope: (t) => (of.slope(t) * noisePower(t) * Math.sqrt(of.gamma(t)) * factor) / (amplitude(t) * noise(t)),
  }, clipMin);
}

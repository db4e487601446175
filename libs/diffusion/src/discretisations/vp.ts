import { ramp } from './ramp.js';

export interface VpShape {
  betaD: number;
  betaMin: number;
  /** The last t before 0. */
  epsilon: number;
}

/** steps + 1 sigmas: those of the variance-preserving SDE at t uniform from 1 to epsilon, then 0. EDM, Table 1, column VP; the input scale plays no part. */
export function vpLevels(steps: number, { betaD, betaMin, epsilon }: VpShape): number[] {
  return ramp(steps, (position) => {
    const t = 1 + position * (epsilon - 1);
    return Math.sqrt(Math.expm1((betaD * t * t) / 2 + betaMin * t));
  });
}

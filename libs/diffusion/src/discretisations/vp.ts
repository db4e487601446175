import { vpSigma } from '../vp-process.js';
import type { VpProcess } from '../vp-process.js';
import { ramp } from './ramp.js';

export interface VpShape extends VpProcess {
  /** The last t before 0. */
  epsilon: number;
}

/** steps + 1 sigmas: those of the variance-preserving SDE at t uniform from 1 to epsilon, then 0. EDM, Table 1, column VP. Independent of the input scale. */
export function vpLevels(steps: number, { epsilon, ...process }: VpShape): number[] {
  return ramp(steps, (position) => vpSigma(process, 1 + position * (epsilon - 1)));
}

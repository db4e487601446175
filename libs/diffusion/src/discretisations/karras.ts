import { ramp } from './ramp.js';
import type { Range } from './ramp.js';

export interface KarrasShape extends Range {
  /** 7 in the paper; 1 is uniform in sigma. */
  rho: number;
}

/** steps + 1 sigmas, falling from sigmaMax through sigmaMin to a final 0. EDM, eq. 5. One step goes from sigmaMax to 0. */
export function karrasLevels(steps: number, { rho, sigmaMin, sigmaMax }: KarrasShape): number[] {
  const [from, to] = [sigmaMax ** (1 / rho), sigmaMin ** (1 / rho)];
  return ramp(steps, (position) => (from + position * (to - from)) ** rho);
}

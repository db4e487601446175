import { spread } from './spread.js';
import type { Range } from './spread.js';

export interface KarrasShape extends Range {
  /** 7 in the paper; 1 is uniform in sigma. */
  rho: number;
}

/** steps + 1 sigmas, falling from sigmaMax through sigmaMin to a last 0. EDM, eq. 5. One step goes from sigmaMax to 0. */
export function karrasGrid(steps: number, { rho, sigmaMin, sigmaMax }: KarrasShape): number[] {
  const [from, to] = [sigmaMax ** (1 / rho), sigmaMin ** (1 / rho)];
  return spread(steps, (where) => (from + where * (to - from)) ** rho);
}

import { gammaOf } from '../levels.js';
import { ancestralSplit, eachStep, stepTo, noiseOf, towards } from '../tableau.js';
import type { Tableau } from '../tableau.js';

export interface DdimOptions {
  /** Fraction of fresh noise, in [0, 1]; 1 is DDPM with the small variance. */
  eta: number;
  /**
   * clamped: the noise of a step is (y - x0-hat)/sigma with x0-hat after its clamp. Default.
   * network: the noise is the network's own, as in the fast.ai lesson. Identical if nothing is clamped.
   */
  noiseFrom?: 'clamped' | 'network' | undefined;
  /** Fresh noise is omitted if 1 - gamma of the next level is at most the variance of that noise plus this, both for x_t. Default 0: never; the lesson uses 0.01. */
  quietBelow?: number | undefined;
  /** Input scale of the training run; only quietBelow depends on it. */
  b: number;
}

/** DDIM. Song et al. 2021, eq. 12 and 16, in sigma. */
export function ddim({ eta, noiseFrom = 'clamped', quietBelow = 0, b }: DdimOptions): Tableau {
  return eachStep((sigma, next) => {
    const split = ancestralSplit(sigma, next, eta);
    const { down, up } = quietBelow > 0 && keptVariance(next, split.down, b) <= quietBelow ? { down: next, up: 0 } : split;
    if (noiseFrom === 'clamped') return stepTo(sigma, towards(sigma, down, up));
    return stepTo(sigma, { y: 0, x0: [1], eps: down, ...noiseOf(up) });
  });
}

/** 1 - gamma minus the variance of the fresh noise: what remains of the old noise in x_t = a b y at the next level. */
function keptVariance(next: number, down: number, b: number): number {
  return gammaOf(next, b) * (b * down) ** 2;
}

import { ancestralSplit, eachStep, noiseOf } from '../tableau.js';
import type { Step, Tableau } from '../tableau.js';

/** Fresh noise of a stochastic sampler. */
export interface FreshNoise {
  /** The fraction of fresh noise, in [0, 1]; 0 is deterministic. */
  eta: number;
  /** Its standard deviation, k-diffusion's s_noise. Default 1. */
  sNoise?: number | undefined;
}

/** A rule's step down past the next level, then fresh noise, a fraction eta in [0, 1], back up to it. k-diffusion's *_ancestral. */
export function ancestral(rule: (sigma: number, down: number) => Step, { eta, sNoise = 1 }: FreshNoise): Tableau {
  return eachStep((sigma, next) => {
    const { down, up } = ancestralSplit(sigma, next, eta);
    const { evaluations, end } = rule(sigma, down);
    return { evaluations, end: { ...end, ...noiseOf(sNoise * up) } };
  });
}

import { stepTo, towards } from '../tableau.js';
import type { Step, Tableau } from '../tableau.js';
import { ancestral } from './ancestral.js';
import type { FreshNoise } from './ancestral.js';
import { churned } from './churn.js';
import type { Churn } from './churn.js';

/** Euler's step on the probability-flow ODE, in sigma. EDM, Alg. 2 without its correction. */
export function eulerStep(sigma: number, next: number): Step {
  return stepTo(sigma, towards(sigma, next));
}

/** Euler, with churn. Without churn it equals DDIM at eta 0. */
export function euler(churn: Churn = {}): Tableau {
  return churned(eulerStep, churn);
}

/** Euler down, then fresh noise, a fraction eta in [0, 1], up. k-diffusion's euler_ancestral; DDIM in sigma (Song et al. 2021, eq. 12 and 16). */
export function eulerAncestral(options: FreshNoise): Tableau {
  return ancestral(eulerStep, options);
}

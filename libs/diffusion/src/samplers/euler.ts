import { moveTo, towards } from '../moves.js';
import type { Move, Plan } from '../moves.js';
import { ancestral } from './ancestral.js';
import { churned } from './churn.js';
import type { Churn } from './churn.js';

/** Euler's step on the probability-flow ODE, in sigma. EDM, Alg. 2 without its correction. */
export function eulerMove(sigma: number, next: number): Move {
  return moveTo(sigma, towards(sigma, next));
}

/** Euler, with churn. Without it equal to DDIM at eta 0. */
export function euler(churn: Churn = {}): Plan {
  return churned(eulerMove, churn);
}

/** Euler down, then a share eta in [0, 1] of fresh noise up. k-diffusion's euler_ancestral; DDIM in sigma (Song et al. 2021, eq. 12 and 16). */
export function eulerAncestral(options: { eta: number }): Plan {
  return ancestral(eulerMove, options);
}

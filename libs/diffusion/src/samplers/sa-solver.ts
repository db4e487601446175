import type { Tableau } from '../tableau.js';
import type { FreshNoise } from './ancestral.js';
import { exponentialWeights } from './exponential-weights.js';
import { predictorCorrector } from './predictor-corrector.js';

export interface SaSolverOptions extends FreshNoise {
  /** 1 to 4: x0-hats that the predictor uses. */
  predictor: number;
  /** 0 to 4: x0-hats that the corrector uses, that at the new level among them; 0: none. */
  corrector: number;
}

/**
 * SA-Solver, a stochastic Adams method in x0-hat: Xue et al. 2023 (arXiv 2309.05019), eq. 14 to 18, with a constant tau^2 = eta. Predictor and corrector share
 * one noise. (The authors' code changes the second predictor's integral by a term of third order; this is the paper's.)
 */
export function saSolver({ predictor, corrector, eta, sNoise = 1 }: SaSolverOptions): Tableau {
  return predictorCorrector({
    kept: ({ h }) => Math.exp(-(1 + eta) * h),
    predict: ({ h, nodes }) => exponentialWeights(nodes.slice(0, predictor), (1 + eta) * h),
    correct: ({ h, nodes }) => (corrector === 0 ? [] : exponentialWeights([1, ...nodes.slice(0, corrector - 1)], (1 + eta) * h)),
    noise: ({ next, h }) => sNoise * next * Math.sqrt(-Math.expm1(-2 * eta * h)),
  });
}

import type { Tableau } from '../tableau.js';
import { exponentialWeights } from './exponential-weights.js';
import { predictorCorrector } from './predictor-corrector.js';

export interface UnipcOptions {
  /** 1 to 3: x0-hats that the predictor uses; the corrector uses one more. */
  order: number;
  /** B(h): h (bh1) or 1 - exp(-h) (bh2). Only where the paper's code sets a coefficient to 1/2 does it matter: the predictor of two x0-hats and the corrector of two. */
  variant: 'bh1' | 'bh2';
}

/**
 * UniPC in x0-hat. Zhao et al. 2023 (arXiv 2302.04867), Alg. 5 to 8. Its coefficients solve a linear system, rho of R rho = b, whose solution integrates the
 * polynomial through the x0-hats in ln sigma exactly, whatever B(h); two of them are 1/2 instead. Lower orders on the first steps.
 */
export function unipc({ order, variant }: UnipcOptions): Tableau {
  const half = (h: number) => (variant === 'bh1' ? h : -Math.expm1(-h)) / 2;
  return predictorCorrector({
    kept: ({ h }) => Math.exp(-h),
    predict: ({ h, nodes }) => {
      const used = nodes.slice(0, order);
      return used.length === 2 ? [-Math.expm1(-h) - half(h) / used[1]!, half(h) / used[1]!] : exponentialWeights(used, h);
    },
    correct: ({ h, nodes }) => {
      const used = nodes.slice(0, order);
      return used.length === 1 ? [half(h), -Math.expm1(-h) - half(h)] : exponentialWeights([1, ...used], h);
    },
    noise: () => 0,
  });
}

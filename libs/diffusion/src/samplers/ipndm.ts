import type { Tableau } from '../tableau.js';
import { eulerStep } from './euler.js';
import { alongSlopes } from './slopes.js';

/** Adams-Bashforth's weights on even steps, latest slope first. */
const evenWeights = [[1], [3 / 2, -1 / 2], [23 / 12, -16 / 12, 5 / 12], [55 / 24, -59 / 24, 37 / 24, -9 / 24]] as const;

/**
 * iPNDM: Adams-Bashforth of order 1 to 4 with the weights of even steps, whatever the steps are; lower orders on the first steps, Euler's step to 0.
 * Zhang and Chen 2022 (arXiv 2204.13902), sec. 3, after PNDM (Liu et al. 2022). With the weights of its own steps it is lms.
 */
export function ipndm({ order }: { order: number }): Tableau {
  return (sigmas) => sigmas.slice(1).map((next, i) => {
    const sigma = sigmas[i]!;
    return next === 0 ? eulerStep(sigma, next) : alongSlopes(sigmas, i, evenWeights[Math.min(order, i + 1) - 1]!.map((weight) => weight * (next - sigma)));
  });
}

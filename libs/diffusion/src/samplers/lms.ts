import { stepTo } from '../tableau.js';
import type { Tableau } from '../tableau.js';

/**
 * Linear multistep of order 1 to 4: the slope's polynomial through this step's level and up to order - 1 before it, integrated to the next level.
 * Adams-Bashforth on uneven steps; order 1 is Euler. k-diffusion's lms (which uses quadrature to a tolerance).
 */
export function lms({ order }: { order: number }): Tableau {
  return (sigmas) => sigmas.slice(1).map((next, i) => {
    const sigma = sigmas[i]!;
    const [now, ...before] = lagrangeWeights(nodesAt(sigmas, i, order), sigma, next);
    return stepTo(sigma, {
      y: 1 + now! / sigma,
      x0: [-now! / sigma],
      past: before.map((weight, back) => slope(weight, sigmas[i - 1 - back]!)),
    });
  });
}

/** A weight of the slope (y - x0-hat)/sigma as weights of its two terms. */
function slope(weight: number, sigma: number) {
  return { y: weight / sigma, x0: -weight / sigma };
}

/** Levels i, i - 1, ..: as many as the order needs and the run has visited. */
function nodesAt(sigmas: readonly number[], i: number, order: number): number[] {
  return sigmas.slice(Math.max(0, i - order + 1), i + 1).reverse();
}

/** The integral from `from` to `to` of each Lagrange basis polynomial through up to four nodes. Their sum is to - from. */
export function lagrangeWeights(nodes: readonly number[], from: number, to: number): number[] {
  const [middle, half] = [(from + to) / 2, (to - from) / 2];
  // two Gauss-Legendre points integrate a cubic exactly
  const points = [-1, 1].map((side) => middle + (side * half) / Math.sqrt(3));
  return nodes.map((node) => half * points.reduce((sum, at) => sum + basis(nodes, node, at), 0));
}

function basis(nodes: readonly number[], node: number, at: number): number {
  return nodes.filter((other) => other !== node).reduce((product, other) => product * ((at - other) / (node - other)), 1);
}

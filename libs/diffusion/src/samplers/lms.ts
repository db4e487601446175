import type { Tableau } from '../tableau.js';
import { alongSlopes, basisAt, levelsBefore } from './slopes.js';

/**
 * Linear multistep of order 1 to 4: the slope's polynomial through this step's level and up to order - 1 before it, integrated to the next level.
 * Adams-Bashforth on uneven steps; order 1 is Euler. k-diffusion's lms (which uses quadrature to a tolerance); iPNDM with variable steps; DEIS rhoAB.
 */
export function lms({ order }: { order: number }): Tableau {
  return (sigmas) => sigmas.slice(1).map((next, i) => alongSlopes(sigmas, i, lagrangeWeights(levelsBefore(sigmas, i, order), sigmas[i]!, next)));
}

/** The integral from `from` to `to` of each Lagrange basis polynomial through up to four nodes. Their sum is to - from. */
export function lagrangeWeights(nodes: readonly number[], from: number, to: number): number[] {
  const [middle, half] = [(from + to) / 2, (to - from) / 2];
  // two Gauss-Legendre points integrate a cubic exactly
  const points = [-1, 1].map((side) => middle + (side * half) / Math.sqrt(3));
  return nodes.map((node) => half * points.reduce((sum, at) => sum + basisAt(nodes, node, at), 0));
}

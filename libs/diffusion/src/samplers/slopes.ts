import { stepTo } from '../tableau.js';
import type { Step } from '../tableau.js';

/** The step from level i along weighted slopes (y - x0-hat)/sigma at levels i, i - 1 ...; the weights are changes of sigma, which sum to that of the step. */
export function alongSlopes(sigmas: readonly number[], i: number, [now, ...before]: readonly number[]): Step {
  const sigma = sigmas[i]!;
  return stepTo(sigma, { y: 1 + now! / sigma, x0: [-now! / sigma], past: before.map((weight, back) => slope(weight, sigmas[i - 1 - back]!)) });
}

/** A weight of the slope (y - x0-hat)/sigma as weights of its two terms. */
function slope(weight: number, sigma: number) {
  return { y: weight / sigma, x0: -weight / sigma };
}

/** The Lagrange basis polynomial that is 1 at `node` and 0 at the other nodes, at one place. */
export function basisAt(nodes: readonly number[], node: number, at: number): number {
  return nodes.filter((other) => other !== node).reduce((product, other) => product * ((at - other) / (node - other)), 1);
}

/** Levels i, i - 1, ..: at most `count`, and no more than the run has visited. */
export function levelsBefore(sigmas: readonly number[], i: number, count: number): number[] {
  return sigmas.slice(Math.max(0, i - count + 1), i + 1).reverse();
}

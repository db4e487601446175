import { eachStep, here } from '../tableau.js';
import type { Combination, Step, Tableau } from '../tableau.js';
import { eulerStep } from './euler.js';

/**
 * DPM-Solver-3, single-step, with r1 = 1/3 and r2 = 2/3: three evaluations of the slope, a polynomial in ln sigma; Euler's step to 0.
 * Lu et al. 2022 (arXiv 2206.00927), Alg. 2. (DPM-Solver-2 is dpm-2.)
 */
export function dpmSolver3(): Tableau {
  return eachStep((sigma, next) => (next === 0 ? eulerStep(sigma, next) : step(sigma, next)));
}

type Sum = Combination & { x0: readonly number[] };

function step(sigma: number, next: number): Step {
  const h = Math.log(sigma / next);
  const [first, second] = [sigma * Math.exp(-h / 3), sigma * Math.exp((-2 * h) / 3)];
  const start = slopeAt({ ...here, x0: [] }, 0, sigma);
  const to = (level: number, share: number, slope: Sum): Sum => sum([[1, { ...here, x0: [] }], [level - sigma, start], [share, slope], [-share, start]]);
  const u1 = to(first, 0, start);
  const u2 = to(second, -second * 2 * bend((2 * h) / 3), slopeAt(u1, 1, first));
  const end = to(next, -next * 1.5 * bend(h), slopeAt(u2, 2, second));
  return { evaluations: [{ at: here, sigma }, { at: u1, sigma: first }, { at: u2, sigma: second }], end };
}

/** (exp(x) - 1)/x - 1. */
function bend(x: number): number {
  return Math.expm1(x) / x - 1;
}

/** The slope (y - x0-hat)/sigma at a point, as a sum; its x0-hat is that of evaluation `index`. */
function slopeAt(point: Sum, index: number, sigma: number): Sum {
  const own = { y: 0, x0: Array.from({ length: index + 1 }, (_, i) => (i === index ? 1 : 0)) };
  return sum([[1 / sigma, point], [-1 / sigma, own]]);
}

function sum(terms: readonly (readonly [number, Sum])[]): Sum {
  const length = Math.max(...terms.map(([, { x0 }]) => x0.length));
  return {
    y: terms.reduce((total, [weight, { y }]) => total + weight * y, 0),
    x0: Array.from({ length }, (_, i) => terms.reduce((total, [weight, { x0 }]) => total + weight * (x0[i] ?? 0), 0)),
  };
}

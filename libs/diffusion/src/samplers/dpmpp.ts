import { here, moveTo, towards } from '../moves.js';
import type { Move, Plan } from '../moves.js';
import { ancestral } from './ancestral.js';
import { eulerMove } from './euler.js';

/**
 * DPM-Solver++(2S): x0-hat of the whole move is the one asked half-way in ln sigma; Euler's where down = 0.
 * Lu et al. 2022 (arXiv 2211.01095), Alg. 1.
 */
function dpmpp2sMove(sigma: number, down: number): Move {
  if (down === 0) return eulerMove(sigma, down);
  const mid = Math.sqrt(sigma * down);
  return {
    asks: [{ at: here, sigma }, { at: towards(sigma, mid), sigma: mid }],
    end: { y: down / sigma, x0: [0, 1 - down / sigma] },
  };
}

/** DPM-Solver++(2S) down, then a share eta in [0, 1] of fresh noise up. k-diffusion's dpmpp_2s_ancestral. */
export function dpmpp2sAncestral(options: { eta: number }): Plan {
  return ancestral(dpmpp2sMove, options);
}

/**
 * DPM-Solver++(2M): x0-hat drawn on in ln sigma from the last two; of first order on the first and last moves.
 * Lu et al. 2022 (arXiv 2211.01095), Alg. 2; k-diffusion's dpmpp_2m.
 */
export function dpmpp2m(): Plan {
  return (sigmas) => sigmas.slice(1).map((next, i) => {
    const sigma = sigmas[i]!;
    if (i === 0 || next === 0) return eulerMove(sigma, next);
    const last = sigmas[i - 1]!;
    const drawn = (1 - next / sigma) * (Math.log(sigma / next) / (2 * Math.log(last / sigma)));
    return moveTo(sigma, { y: next / sigma, x0: [1 - next / sigma + drawn], past: [{ y: 0, x0: -drawn }] });
  });
}

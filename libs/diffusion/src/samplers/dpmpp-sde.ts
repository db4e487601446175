import { ancestralSplit, eachMove, here, towards } from '../moves.js';
import type { Mix, Move, Plan } from '../moves.js';
import { eulerMove } from './euler.js';

export interface DpmppSdeOptions {
  /** Share of fresh noise, in [0, 1]. */
  eta: number;
  /** Where in ln sigma the second question lies, in (0, 1]; 1/2 as a rule. */
  r: number;
}

/**
 * DPM-Solver++ (stochastic), two questions a move; Euler's on the last. k-diffusion's dpmpp_sde.
 *
 * Its two noises are one Brownian path's, with sigma for time: unit increments over [mid, sigma] and over [next, sigma],
 * of which the first is a part. Here both are made of the independent increments over [mid, sigma] and [next, mid],
 * which has the same law; intervals of different moves do not overlap, so they need no path in common.
 */
export function dpmppSde({ eta, r }: DpmppSdeOptions): Plan {
  return eachMove((sigma, next) => (next === 0 ? eulerMove(sigma, next) : stochasticMove({ sigma, next }, { eta, r })));
}

function stochasticMove({ sigma, next }: { sigma: number; next: number }, { eta, r }: DpmppSdeOptions): Move {
  const mid = r === 1 ? next : sigma ** (1 - r) * next ** r;
  const inner = ancestralSplit(sigma, mid, eta);
  const outer = ancestralSplit(sigma, next, eta);
  const away = 1 - outer.down / sigma;
  const share = 1 / (2 * r);
  return {
    asks: [{ at: here, sigma }, { at: towards(sigma, inner.down, inner.up), sigma: mid }],
    end: { y: outer.down / sigma, x0: [away * (1 - share), away * share], ...ofPath(outer.up, (sigma - mid) / (sigma - next)) },
  };
}

/** Noise over an interval as its increments over a first part, a fraction of its length, and over the rest. */
function ofPath(weight: number, fraction: number): Pick<Mix, 'noise'> {
  if (weight === 0) return {};
  return { noise: [weight * Math.sqrt(fraction), weight * Math.sqrt(1 - fraction)].slice(0, fraction === 1 ? 1 : 2) };
}

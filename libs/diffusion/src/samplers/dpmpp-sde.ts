import { ancestralSplit, eachStep, here, towards } from '../tableau.js';
import type { Combination, Step, Tableau } from '../tableau.js';
import type { FreshNoise } from './ancestral.js';
import { eulerStep } from './euler.js';

export interface DpmppSdeOptions extends FreshNoise {
  /** The position of the second evaluation in ln sigma, in (0, 1]; usually 1/2. */
  r: number;
}

/**
 * DPM-Solver++ (stochastic), two evaluations per step; Euler on the last step. k-diffusion's dpmpp_sde.
 *
 * Its two noises come from one Brownian path, with sigma as time: unit increments over [mid, sigma] and over [next, sigma],
 * the first contained in the second. Here both are sums of the independent increments over [mid, sigma] and [next, mid],
 * which has the same distribution; intervals of different steps do not overlap, so they need no common path.
 */
export function dpmppSde(options: DpmppSdeOptions): Tableau {
  return eachStep((sigma, next) => (next === 0 ? eulerStep(sigma, next) : stochasticStep({ sigma, next }, options)));
}

function stochasticStep({ sigma, next }: { sigma: number; next: number }, { eta, r, sNoise = 1 }: DpmppSdeOptions): Step {
  const mid = r === 1 ? next : sigma ** (1 - r) * next ** r;
  const inner = ancestralSplit(sigma, mid, eta);
  const outer = ancestralSplit(sigma, next, eta);
  const away = 1 - outer.down / sigma;
  const second = 1 / (2 * r);
  return {
    evaluations: [{ at: here, sigma }, { at: towards(sigma, inner.down, sNoise * inner.up), sigma: mid }],
    end: { y: outer.down / sigma, x0: [away * (1 - second), away * second], ...ofPath(sNoise * outer.up, (sigma - mid) / (sigma - next)) },
  };
}

/** Noise over an interval, as the sum of its increments over a first part, a fraction of its length, and over the rest. */
function ofPath(weight: number, fraction: number): Pick<Combination, 'noise'> {
  if (weight === 0) return {};
  return { noise: [weight * Math.sqrt(fraction), weight * Math.sqrt(1 - fraction)].slice(0, fraction === 1 ? 1 : 2) };
}

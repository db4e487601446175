import { here } from '../moves.js';
import type { Move, Plan } from '../moves.js';
import { ancestral } from './ancestral.js';
import { churned } from './churn.js';
import type { Churn } from './churn.js';
import { eulerMove } from './euler.js';

/** Where a second-order step asks again, and how much of the slope it takes from there. */
interface Probe {
  sigma: number;
  /** sigma of the probe by sigma of the start. */
  ratio: number;
  /** In (0, 1]; the rest of the slope is the start's. */
  share: number;
}

/** The step from sigma to next along a mean of the slopes at its start and at a probe, which Euler predicts. */
function probing(sigma: number, next: number, probe: Probe): Move {
  const kept = next / sigma;
  const again = (probe.share * (1 - kept)) / probe.ratio;
  return {
    asks: [{ at: here, sigma }, { at: { y: probe.ratio, x0: [1 - probe.ratio] }, sigma: probe.sigma }],
    end: { y: kept, x0: [1 - kept - again, again] },
  };
}

/**
 * A second-order Runge-Kutta step with its probe at sigma + alpha (next - sigma): 1/2 midpoint, 2/3 Ralston, 1 Heun;
 * Euler's where next = 0. EDM, Alg. 3. RangeError where alpha > 1 puts the probe at no noise or less.
 */
function secondOrderMove(sigma: number, next: number, alpha: number): Move {
  if (next === 0) return eulerMove(sigma, next);
  const kept = next / sigma;
  const probe = { sigma: next + (1 - alpha) * (sigma - next), ratio: kept + (1 - alpha) * (1 - kept), share: 1 / (2 * alpha) };
  if (!(probe.sigma > 0 && probe.ratio > 0)) {
    throw new RangeError(`second-order with alpha ${alpha} asks at noise level ${probe.sigma} on its move from ${sigma} to ${next}; `
      + `alpha must be below ${1 / (1 - kept)} there, or the grid finer`);
  }
  return probing(sigma, next, probe);
}

/** EDM's family of second-order steps, alpha in (0, 2], with churn. EDM, Alg. 2 and 3. */
export function secondOrder({ alpha, ...churn }: { alpha: number } & Churn): Plan {
  return churned((sigma, next) => secondOrderMove(sigma, next, alpha), churn);
}

/** Heun's method, with churn; Euler on the last move. EDM, Alg. 2. */
export function heun(churn: Churn = {}): Plan {
  return secondOrder({ alpha: 1, ...churn });
}

/** The midpoint step in ln sigma; Euler's where next = 0. k-diffusion's dpm_2 (DPM-Solver-2, Lu et al. 2022). */
function dpm2Move(sigma: number, next: number): Move {
  if (next === 0) return eulerMove(sigma, next);
  const mid = Math.sqrt(sigma * next);
  return probing(sigma, next, { sigma: mid, ratio: mid / sigma, share: 1 });
}

/** DPM-Solver-2, with churn; Euler on the last move. */
export function dpm2(churn: Churn = {}): Plan {
  return churned(dpm2Move, churn);
}

/** DPM-Solver-2 down, then a share eta in [0, 1] of fresh noise up. k-diffusion's dpm_2_ancestral. */
export function dpm2Ancestral(options: { eta: number }): Plan {
  return ancestral(dpm2Move, options);
}

import { here } from '../tableau.js';
import type { Step, Tableau } from '../tableau.js';
import { ancestral } from './ancestral.js';
import type { FreshNoise } from './ancestral.js';
import { churned } from './churn.js';
import type { Churn } from './churn.js';
import { eulerStep } from './euler.js';

/** The second evaluation of a second-order step. */
interface Probe {
  sigma: number;
  /** Ratio of the probe's sigma to that of the start. */
  ratio: number;
  /** Weight of the slope at the probe, in (0, 1]; the slope at the start has the rest. */
  weight: number;
}

/** The step from sigma to next along a weighted mean of the slopes at its start and at a probe reached by an Euler step. */
function probing(sigma: number, next: number, probe: Probe): Step {
  const kept = next / sigma;
  const again = (probe.weight * (1 - kept)) / probe.ratio;
  return {
    evaluations: [{ at: here, sigma }, { at: { y: probe.ratio, x0: [1 - probe.ratio] }, sigma: probe.sigma }],
    end: { y: kept, x0: [1 - kept - again, again] },
  };
}

/**
 * A second-order Runge-Kutta step with its probe at sigma + alpha (next - sigma): 1/2 midpoint, 2/3 Ralston, 1 Heun;
 * Euler's step if next = 0. EDM, Alg. 3. RangeError if alpha > 1 puts the probe at sigma 0 or below.
 */
function secondOrderStep(sigma: number, next: number, alpha: number): Step {
  if (next === 0) return eulerStep(sigma, next);
  const kept = next / sigma;
  const probe = { sigma: next + (1 - alpha) * (sigma - next), ratio: kept + (1 - alpha) * (1 - kept), weight: 1 / (2 * alpha) };
  if (!(probe.sigma > 0 && probe.ratio > 0)) {
    throw new RangeError(`second-order with alpha ${alpha} evaluates at noise level ${probe.sigma} on its step from ${sigma} to ${next}; `
      + `alpha must be below ${1 / (1 - kept)} there, or the levels closer together`);
  }
  return probing(sigma, next, probe);
}

/** EDM's family of second-order steps, alpha in (0, 2], with churn. EDM, Alg. 2 and 3. */
export function secondOrder({ alpha, ...churn }: { alpha: number } & Churn): Tableau {
  return churned((sigma, next) => secondOrderStep(sigma, next, alpha), churn);
}

/** Heun's method, with churn; Euler on the last step. EDM, Alg. 2. */
export function heun(churn: Churn = {}): Tableau {
  return secondOrder({ alpha: 1, ...churn });
}

/** The midpoint step in ln sigma; Euler's step if next = 0. k-diffusion's dpm_2 (DPM-Solver-2, Lu et al. 2022). */
function dpm2Step(sigma: number, next: number): Step {
  if (next === 0) return eulerStep(sigma, next);
  const mid = Math.sqrt(sigma * next);
  return probing(sigma, next, { sigma: mid, ratio: mid / sigma, weight: 1 });
}

/** DPM-Solver-2, with churn; Euler on the last step. */
export function dpm2(churn: Churn = {}): Tableau {
  return churned(dpm2Step, churn);
}

/** DPM-Solver-2 down, then fresh noise, a fraction eta in [0, 1], up. k-diffusion's dpm_2_ancestral. */
export function dpm2Ancestral(options: FreshNoise): Tableau {
  return ancestral(dpm2Step, options);
}

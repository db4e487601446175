import { here, stepTo, towards } from '../tableau.js';
import type { Step, Tableau } from '../tableau.js';
import { ancestral } from './ancestral.js';
import type { FreshNoise } from './ancestral.js';
import { eulerStep } from './euler.js';

/**
 * DPM-Solver++(2S): the whole step uses the x0-hat from half-way in ln sigma; Euler's step if down = 0.
 * Lu et al. 2022 (arXiv 2211.01095), Alg. 1.
 */
function dpmpp2sStep(sigma: number, down: number): Step {
  if (down === 0) return eulerStep(sigma, down);
  const mid = Math.sqrt(sigma * down);
  return {
    evaluations: [{ at: here, sigma }, { at: towards(sigma, mid), sigma: mid }],
    end: { y: down / sigma, x0: [0, 1 - down / sigma] },
  };
}

/** DPM-Solver++(2S) down, then fresh noise, a fraction eta in [0, 1], up. k-diffusion's dpmpp_2s_ancestral. */
export function dpmpp2sAncestral(options: FreshNoise): Tableau {
  return ancestral(dpmpp2sStep, options);
}

/**
 * DPM-Solver++(2M): x0-hat extrapolated in ln sigma from the last two; first order on the first and last steps.
 * Lu et al. 2022 (arXiv 2211.01095), Alg. 2; k-diffusion's dpmpp_2m.
 */
export function dpmpp2m(): Tableau {
  return (sigmas) => sigmas.slice(1).map((next, i) => {
    const sigma = sigmas[i]!;
    if (i === 0 || next === 0) return eulerStep(sigma, next);
    const last = sigmas[i - 1]!;
    const extrapolated = (1 - next / sigma) * (Math.log(sigma / next) / (2 * Math.log(last / sigma)));
    return stepTo(sigma, { y: next / sigma, x0: [1 - next / sigma + extrapolated], past: [{ y: 0, x0: -extrapolated }] });
  });
}

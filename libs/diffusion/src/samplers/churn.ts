import { eachStep } from '../tableau.js';
import type { Combination, Step, StepRule, Tableau } from '../tableau.js';

/** Noise added before each step whose level is in [sTmin, sTmax]. EDM, Alg. 2. */
export interface Churn {
  /** Summed over all steps; a step from sigma starts at sigma (1 + min(sChurn/steps, sqrt 2 - 1)). Absent or 0: none. */
  sChurn?: number | undefined;
  /** Default 0. */
  sTmin?: number | undefined;
  /** Absent: no upper end. */
  sTmax?: number | undefined;
  /** Standard deviation of the noise. Default 1. */
  sNoise?: number | undefined;
}

/**
 * Raises each level in [sTmin, sTmax] to sigmaHat and applies the rule from there. EDM, Alg. 2.
 * The denoiser is evaluated at the raised image and the raised level, and the slope divided by it. (The fast.ai lesson's
 * Heun evaluates it at the level before churn and divides by that level; k-diffusion and EDM do not.)
 */
export function churned(rule: StepRule, { sChurn = 0, sTmin = 0, sTmax = Infinity, sNoise = 1 }: Churn): Tableau {
  return eachStep((sigma, next, steps) => {
    if (sChurn === 0 || sigma < sTmin || sigma > sTmax) return rule(sigma, next, steps);
    const raised = sigma * (1 + Math.min(sChurn / steps, Math.SQRT2 - 1));
    return fromRaised(rule(raised, next, steps), sNoise * Math.sqrt(raised ** 2 - sigma ** 2));
  });
}

/** The same step from y + noise n, one n throughout. */
function fromRaised({ evaluations: [first, ...others], end }: Step, noise: number): Step {
  const raise = (mix: Combination): Combination => ({ ...mix, noise: [mix.y * noise, ...(mix.noise ?? [])] });
  return { evaluations: [{ ...first, at: raise(first.at) }, ...others.map((other) => ({ ...other, at: raise(other.at) }))], end: raise(end) };
}

import { eachMove } from '../moves.js';
import type { Mix, Move, MoveRule, Plan } from '../moves.js';

/** Noise added before each move whose level lies in [sTmin, sTmax]. EDM, Alg. 2. */
export interface Churn {
  /** Summed over the walk; a move from sigma starts at sigma (1 + min(sChurn/steps, sqrt 2 - 1)). Absent or 0: none. */
  sChurn?: number | undefined;
  /** Default 0. */
  sTmin?: number | undefined;
  /** Absent: no upper end. */
  sTmax?: number | undefined;
  /** Standard deviation of the noise. Default 1. */
  sNoise?: number | undefined;
}

/**
 * The plan that raises each level in the stretch to sigmaHat, and makes the rule's move from there. EDM, Alg. 2.
 * The denoiser is asked at the raised image and the raised level, and the slope divided by it. (The fast.ai lesson's
 * Heun asks it at the level before and divides by that one; k-diffusion and EDM do not.)
 */
export function churned(rule: MoveRule, { sChurn = 0, sTmin = 0, sTmax = Infinity, sNoise = 1 }: Churn): Plan {
  return eachMove((sigma, next, steps) => {
    if (sChurn === 0 || sigma < sTmin || sigma > sTmax) return rule(sigma, next, steps);
    const raised = sigma * (1 + Math.min(sChurn / steps, Math.SQRT2 - 1));
    return fromRaised(rule(raised, next, steps), sNoise * Math.sqrt(raised ** 2 - sigma ** 2));
  });
}

/** The same move from y + noise n, one n throughout. */
function fromRaised({ asks: [first, ...others], end }: Move, noise: number): Move {
  const raise = (mix: Mix): Mix => ({ ...mix, noise: [mix.y * noise, ...(mix.noise ?? [])] });
  return { asks: [{ ...first, at: raise(first.at) }, ...others.map((ask) => ({ ...ask, at: raise(ask.at) }))], end: raise(end) };
}

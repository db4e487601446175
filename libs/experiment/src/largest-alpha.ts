import type { ParameterValues } from './parameters.js';
import { endsAtZero } from './sampling-grammar.js';

type Cell = Pick<ParameterValues, 'sampler' | 'steps' | 'discretisation' | 'samplingSchedule' | 'samplingScaling'>;

/**
 * The alpha of `second-order` from which on a step evaluates at noise level 0 or below: 1/(1 - kept), where kept is the smallest ratio of a level to the
 * one before, raised by churn. Any alpha up to 1 works. Beyond, it is known only for levels given in sigma, over the time sigma; for others it is 1.
 */
export function largestAlpha({ sampler, steps, discretisation, samplingSchedule, samplingScaling }: Cell): number {
  const level = samplingSchedule.kind === 'linear' && samplingScaling === 'none' ? levelOf(discretisation) : undefined;
  if (level === undefined) return 1;
  const count = endsAtZero(discretisation) ? steps : steps + 1;
  const levels = Array.from({ length: count }, (_, i) => level(count === 1 ? 0 : i / (count - 1)));
  const raised = 'sChurn' in sampler ? 1 + Math.min(sampler.sChurn / steps, Math.SQRT2 - 1) : 1;
  const kept = levels.slice(1).map((next, i) => next / (levels[i]! * raised));
  return 1 / (1 - Math.min(1, ...kept));
}

/** sigma at a position from 0, the first level, to 1, the last above 0; as in libs/diffusion. */
function levelOf(discretisation: Cell['discretisation']): ((position: number) => number) | undefined {
  switch (discretisation.kind) {
    case 'karras': {
      const { rho, sigmaMin, sigmaMax } = discretisation;
      const [from, to] = [sigmaMax ** (1 / rho), sigmaMin ** (1 / rho)];
      return (position) => (from + position * (to - from)) ** rho;
    }
    case 'exponential':
    case 've':
    case 'polyexponential': {
      const { sigmaMin, sigmaMax } = discretisation;
      const rho = discretisation.kind === 'polyexponential' ? discretisation.rho : 1;
      return (position) => sigmaMin * (sigmaMax / sigmaMin) ** ((1 - position) ** rho);
    }
    case 'vp': {
      const { betaD, betaMin, epsilon } = discretisation;
      return (position) => {
        const t = 1 + position * (epsilon - 1);
        return Math.sqrt(Math.expm1((betaD * t * t) / 2 + betaMin * t));
      };
    }
    case 'uniform-t':
    case 'uniform-log-snr':
    case 'beta':
    case 'discrete':
    case 'list':
    case 'align-your-steps':
    case 'optimised':
    case 'iddpm':
    case 'variable-skip': return undefined;
  }
}

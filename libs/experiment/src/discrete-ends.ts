import type { DiscretisationSpec } from './sampling-grammar.js';

type Discrete = Extract<DiscretisationSpec, { kind: 'discrete' }>;

/** The first and the last timestep above the end of a run of so many steps, at most `timesteps`; those of a sweep lie in 0 to timesteps - 1. libs/diffusion has all of them. */
export function discreteEnds({ timesteps, spacing, offset = 0 }: Pick<Discrete, 'timesteps' | 'spacing' | 'offset'>, steps: number): { first: number; last: number } {
  switch (spacing) {
    case 'leading': return { first: (steps - 1) * Math.floor(timesteps / steps) + offset, last: offset };
    case 'linspace': return { first: timesteps - 1, last: steps === 1 ? timesteps - 1 : 0 };
    // halves above 1.5 are rounded to even, so this may be one more than the timestep, but is 0 only where that is
    case 'trailing': return { first: timesteps - 1, last: Math.round(timesteps / steps) - 1 };
  }
}

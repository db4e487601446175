import { sigmaOf } from '../levels.js';
import type { Schedule } from '../schedules.js';

/** Which of the discrete timesteps a run of fewer steps visits. */
export type Spacing = 'leading' | 'linspace' | 'trailing';

export interface DiscreteShape {
  /** T, the number of timesteps 0 .. T - 1 of training; timestep k is t = (k + 1)/T. */
  timesteps: number;
  spacing: Spacing;
  /** Added to each timestep of `leading` (diffusers' steps_offset). */
  offset?: number | undefined;
  /** false: the run ends at timestep 0 (diffusers' final_sigmas_type "sigma_min"); otherwise at the image. */
  denoiseToZero?: boolean | undefined;
}

/** Timesteps of a run, falling. Lin et al. 2024 (arXiv 2305.08891), Table 2, as in diffusers; halves are rounded to even. One step starts at the noisiest. */
const spaced: Readonly<Record<Spacing, (steps: number, shape: DiscreteShape) => number[]>> = {
  leading: (steps, { timesteps, offset = 0 }) => Array.from({ length: steps }, (_, i) => (steps - 1 - i) * Math.floor(timesteps / steps) + offset),
  linspace: (steps, { timesteps }) => Array.from({ length: steps }, (_, i) => (steps === 1 ? timesteps - 1 : roundedToEven(((steps - 1 - i) * (timesteps - 1)) / (steps - 1)))),
  trailing: (steps, { timesteps }) => Array.from({ length: steps }, (_, i) => roundedToEven(timesteps - (i * timesteps) / steps) - 1),
};

/** steps + 1 sigmas: those of the timesteps on a schedule at input scale b, then the last. RangeError for more steps than timesteps, and for an offset beyond the last timestep. */
export function discreteTimesteps(steps: number, schedule: Schedule, { b, ...shape }: DiscreteShape & { b: number }): number[] {
  const { timesteps, spacing, denoiseToZero = true } = shape;
  if (steps > timesteps) throw new RangeError(`the discrete discretisation has ${timesteps} timesteps; ${steps} steps need as many`);
  const visited = spaced[spacing](steps, shape);
  if (visited[0]! >= timesteps) throw new RangeError(`the discrete discretisation with ${steps} steps starts at timestep ${visited[0]} of 0 to ${timesteps - 1}: lower its offset`);
  const sigmaAt = (timestep: number) => sigmaOf(schedule.gamma((timestep + 1) / timesteps), b);
  return [...visited.map(sigmaAt), denoiseToZero ? 0 : sigmaAt(0)];
}

/** Like numpy's round. */
function roundedToEven(value: number): number {
  const floor = Math.floor(value);
  return value - floor === 0.5 ? floor + (floor % 2) : Math.round(value);
}

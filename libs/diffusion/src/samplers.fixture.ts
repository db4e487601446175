import { discretisationOf } from './discretisations.js';
import type { Combination, Tableau } from './tableau.js';
import { scheduleOf } from './schedules.js';
import type { SamplerShape } from './samplers.js';

/** EDM's levels, karras with rho 7 from 80 to 0.002. */
export function edmLevels(steps: number): number[] {
  const schedule = scheduleOf({ kind: 'linear', clipMin: 1e-9 });
  return discretisationOf({ kind: 'karras', rho: 7, sigmaMin: 0.002, sigmaMax: 80 }, steps, { schedule, b: 1 });
}

/** Each sampler at least once, without fresh noise. */
export const deterministic: readonly SamplerShape[] = [
  { kind: 'ddim', eta: 0 },
  { kind: 'ddim', eta: 0, noiseFrom: 'network' },
  { kind: 'euler' },
  { kind: 'euler-ancestral', eta: 0 },
  { kind: 'heun' },
  { kind: 'second-order', alpha: 0.5 },
  { kind: 'second-order', alpha: 2 / 3 },
  { kind: 'second-order', alpha: 1 },
  { kind: 'dpm-2' },
  { kind: 'dpm-2-ancestral', eta: 0 },
  { kind: 'lms', order: 1 },
  { kind: 'lms', order: 2 },
  { kind: 'lms', order: 3 },
  { kind: 'lms', order: 4 },
  { kind: 'dpmpp-2m' },
  { kind: 'dpmpp-2s-ancestral', eta: 0 },
  { kind: 'dpmpp-sde', eta: 0, r: 0.5 },
  { kind: 'dpmpp-sde', eta: 0, r: 1 },
  { kind: 'dpmpp-2m-sde', eta: 0, solver: 'midpoint' },
  { kind: 'dpmpp-2m-sde', eta: 0, solver: 'heun' },
  { kind: 'dpmpp-3m-sde', eta: 0 },
  ...[1, 2, 3, 4].map((order) => ({ kind: 'ipndm', order } as const)),
  ...[1, 2, 3].map((degree) => ({ kind: 'deis', degree, betaD: 19.9, betaMin: 0.1 } as const)),
  ...(['bh1', 'bh2'] as const).flatMap((variant) => [1, 2, 3].map((order) => ({ kind: 'unipc', order, variant } as const))),
  { kind: 'dpm-3' },
  { kind: 'dpmpp-3m' },
  { kind: 'sa-solver', predictor: 3, corrector: 0, eta: 0 },
  { kind: 'sa-solver', predictor: 2, corrector: 3, eta: 0 },
  { kind: 'sa-solver', predictor: 4, corrector: 4, eta: 0 },
];

const churn = { sChurn: 4, sTmin: 0.05, sTmax: 50, sNoise: 1.003 };

/** Each sampler that supports fresh noise at least once, with it. */
export const stochastic: readonly SamplerShape[] = [
  { kind: 'ddpm', variance: 'small' },
  { kind: 'ddpm', variance: 'large' },
  { kind: 'ddim', eta: 0.5 },
  { kind: 'ddim', eta: 1, noiseFrom: 'network', quietBelow: 0.01 },
  { kind: 'euler', ...churn },
  { kind: 'euler-ancestral', eta: 1 },
  { kind: 'heun', ...churn },
  { kind: 'second-order', alpha: 0.5, ...churn },
  { kind: 'dpm-2', ...churn },
  { kind: 'dpm-2-ancestral', eta: 0.7 },
  { kind: 'dpmpp-2s-ancestral', eta: 1 },
  { kind: 'dpmpp-sde', eta: 1, r: 0.5 },
  { kind: 'dpmpp-sde', eta: 0.4, r: 1 },
  { kind: 'dpmpp-2m-sde', eta: 1, solver: 'midpoint' },
  { kind: 'dpmpp-2m-sde', eta: 1, solver: 'heun' },
  { kind: 'dpmpp-3m-sde', eta: 1 },
  { kind: 'sa-solver', predictor: 2, corrector: 2, eta: 1 },
  { kind: 'sa-solver', predictor: 3, corrector: 0, eta: 0.5, sNoise: 1.003 },
  ...([{ kind: 'euler-ancestral' }, { kind: 'dpm-2-ancestral' }, { kind: 'dpmpp-2s-ancestral' }, { kind: 'dpmpp-sde', r: 0.5 }, { kind: 'dpmpp-2m-sde', solver: 'midpoint' }, { kind: 'dpmpp-3m-sde' }] as const)
    .map((shape) => ({ ...shape, eta: 1, sNoise: 1.003 })),
];

export const everySampler: readonly SamplerShape[] = [...deterministic, ...stochastic];

/** A sampler's parameters in one line. */
export function named(shape: SamplerShape): string {
  return Object.values(shape).join(' ');
}

/** All weights of the final state of one step. */
export function endOf(tableau: Tableau, sigmas: readonly number[], step = 0): Required<Combination> {
  return { x0: [], past: [], eps: 0, noise: [], ...tableau(sigmas)[step]!.end };
}

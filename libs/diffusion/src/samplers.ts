import { ddimMove, ddpmMove, eulerMove, heunMove } from './moves.js';
import type { DdpmOptions } from './moves.js';
import { walk } from './walk.js';
import type { Sampler } from './walk.js';

/** A sampler as a spec words it. */
export type SamplerShape =
  | { kind: 'ddpm'; variance: DdpmOptions['variance'] }
  | { kind: 'ddim'; eta: number }
  | { kind: 'euler' }
  | { kind: 'heun' };
export type SamplerKind = SamplerShape['kind'];

/** DDPM's ancestral walk; b is the input scale of the training. Ho et al. 2020, Alg. 2. */
export function ddpm(options: DdpmOptions): Sampler {
  return walk((sigma, next) => ddpmMove(sigma, next, options));
}

/** DDIM with a share eta in [0, 1] of fresh noise. Song et al. 2021. */
export function ddim({ eta }: { eta: number }): Sampler {
  return walk((sigma, next) => ddimMove(sigma, next, eta));
}

/** Euler on the probability-flow ODE, in sigma. */
export function euler(): Sampler {
  return walk(eulerMove);
}

/** Heun's second-order method on the same ODE, Euler on the last move. EDM, Alg. 1. */
export function heun(): Sampler {
  return walk(heunMove);
}

/** The sampler that a spec names; b is the input scale of the training. */
export function samplerOf(shape: SamplerShape, { b }: { b: number }): Sampler {
  switch (shape.kind) {
    case 'ddpm': return ddpm({ variance: shape.variance, b });
    case 'ddim': return ddim(shape);
    case 'euler': return euler();
    case 'heun': return heun();
  }
}

const callsOf: Readonly<Record<SamplerKind, (steps: number) => number>> = {
  ddpm: (steps) => steps,
  ddim: (steps) => steps,
  euler: (steps) => steps,
  heun: (steps) => 2 * steps - 1,
};

/** Denoiser calls an image costs on a grid of `steps` moves that ends at 0. */
export function nfe(kind: SamplerKind, steps: number): number {
  return callsOf[kind](steps);
}

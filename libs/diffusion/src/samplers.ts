import type { Plan } from './moves.js';
import type { Churn } from './samplers/churn.js';
import { ddim } from './samplers/ddim.js';
import type { DdimOptions } from './samplers/ddim.js';
import { ddpm } from './samplers/ddpm.js';
import type { DdpmOptions } from './samplers/ddpm.js';
import { dpmpp2mSde, dpmpp3mSde } from './samplers/dpmpp-multistep-sde.js';
import { dpmppSde } from './samplers/dpmpp-sde.js';
import type { DpmppSdeOptions } from './samplers/dpmpp-sde.js';
import { dpmpp2m, dpmpp2sAncestral } from './samplers/dpmpp.js';
import { euler, eulerAncestral } from './samplers/euler.js';
import { lms } from './samplers/lms.js';
import { dpm2, dpm2Ancestral, heun, secondOrder } from './samplers/second-order.js';
import { walk } from './walk.js';
import type { Sampler } from './walk.js';

/** A sampler as a spec words it. */
export type SamplerShape =
  | ({ kind: 'ddpm' } & Omit<DdpmOptions, 'b'>)
  | ({ kind: 'ddim' } & Omit<DdimOptions, 'b'>)
  | ({ kind: 'euler' | 'heun' | 'dpm-2' } & Churn)
  | ({ kind: 'second-order'; alpha: number } & Churn)
  | { kind: 'euler-ancestral' | 'dpm-2-ancestral' | 'dpmpp-2s-ancestral' | 'dpmpp-3m-sde'; eta: number }
  | { kind: 'lms'; order: number }
  | { kind: 'dpmpp-2m' }
  | ({ kind: 'dpmpp-sde' } & DpmppSdeOptions)
  | { kind: 'dpmpp-2m-sde'; eta: number; solver: 'midpoint' | 'heun' };
export type SamplerKind = SamplerShape['kind'];

type Shape<K extends SamplerKind> = SamplerShape & { kind: K };

interface Entry<K extends SamplerKind> {
  plan(shape: Shape<K>, b: number): Plan;
  /** Denoiser calls of a move; the last one, to 0, makes one in every sampler. */
  calls: 1 | 2;
  /** Convergence order of the walk where it is deterministic. */
  order?(shape: Shape<K>): number | undefined;
}

const still = (order: number) => ({ eta }: { eta: number }) => (eta === 0 ? order : undefined);
const unchurned = (order: number) => ({ sChurn }: Churn) => (sChurn ? undefined : order);

const samplers: { readonly [K in SamplerKind]: Entry<K> } = {
  'ddpm': { plan: ({ variance }, b) => ddpm({ variance, b }), calls: 1 },
  'ddim': { plan: (shape, b) => ddim({ ...shape, b }), calls: 1, order: still(1) },
  'euler': { plan: euler, calls: 1, order: unchurned(1) },
  'euler-ancestral': { plan: eulerAncestral, calls: 1, order: still(1) },
  'heun': { plan: heun, calls: 2, order: unchurned(2) },
  'second-order': { plan: secondOrder, calls: 2, order: unchurned(2) },
  'dpm-2': { plan: dpm2, calls: 2, order: unchurned(2) },
  'dpm-2-ancestral': { plan: dpm2Ancestral, calls: 2, order: still(2) },
  'lms': { plan: lms, calls: 1, order: ({ order }) => order },
  'dpmpp-2m': { plan: dpmpp2m, calls: 1, order: () => 2 },
  'dpmpp-2s-ancestral': { plan: dpmpp2sAncestral, calls: 2, order: still(2) },
  'dpmpp-sde': { plan: dpmppSde, calls: 2, order: still(2) },
  'dpmpp-2m-sde': { plan: dpmpp2mSde, calls: 1, order: still(2) },
  'dpmpp-3m-sde': { plan: dpmpp3mSde, calls: 1, order: still(2) },
};

const entryOf = (kind: SamplerKind) => samplers[kind] as Entry<SamplerKind>;

/** The moves that a spec's sampler makes over falling levels; b is the input scale of the training. */
export function planOf(shape: SamplerShape, { b }: { b: number }): Plan {
  return entryOf(shape.kind).plan(shape, b);
}

/** The sampler that a spec names; b is the input scale of the training. */
export function samplerOf(shape: SamplerShape, options: { b: number }): Sampler {
  return walk(planOf(shape, options));
}

/** Denoiser calls an image costs on a grid of `steps` moves that ends at 0. */
export function nfe({ kind }: Pick<SamplerShape, 'kind'>, steps: number): number {
  return entryOf(kind).calls * (steps - 1) + 1;
}

/** The order with which a walk converges to the probability flow as steps grow, on smooth data; undefined where it draws fresh noise. */
export function order(shape: SamplerShape): number | undefined {
  return entryOf(shape.kind).order?.(shape);
}

import type { Tableau } from './tableau.js';
import { eulerAlong, secondOrderAlong } from './samplers/along-path.js';
import type { FreshNoise } from './samplers/ancestral.js';
import { churned } from './samplers/churn.js';
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
import { samplingPath } from './sampling-path.js';
import type { SamplingPath, SamplingScaling, SamplingScheduleShape } from './sampling-path.js';
import { samplerFrom } from './sampling-run.js';
import type { Sampler } from './sampling-run.js';

/** A sampler as written in a spec. */
export type SamplerShape =
  | ({ kind: 'ddpm' } & Omit<DdpmOptions, 'b'>)
  | ({ kind: 'ddim' } & Omit<DdimOptions, 'b'>)
  | ({ kind: 'euler' | 'heun' | 'dpm-2' } & Churn)
  | ({ kind: 'second-order'; alpha: number } & Churn)
  | ({ kind: 'euler-ancestral' | 'dpm-2-ancestral' | 'dpmpp-2s-ancestral' | 'dpmpp-3m-sde' } & FreshNoise)
  | { kind: 'lms'; order: number }
  | { kind: 'dpmpp-2m' }
  | ({ kind: 'dpmpp-sde' } & DpmppSdeOptions)
  | ({ kind: 'dpmpp-2m-sde'; solver: 'midpoint' | 'heun' } & FreshNoise);
export type SamplerKind = SamplerShape['kind'];

type Shape<K extends SamplerKind> = SamplerShape & { kind: K };

interface Entry<K extends SamplerKind> {
  tableau(shape: Shape<K>, b: number): Tableau;
  /** Denoiser calls per step; the last step, to 0, makes one call in every sampler. */
  calls: 1 | 2;
  /** Order of convergence if the sampler is deterministic. */
  order?(shape: Shape<K>): number | undefined;
  /** The same solver along a path sigma(t), s(t), in its time; only EDM's solvers have one. */
  along?(shape: Shape<K>, path: SamplingPath): Tableau;
}

export interface SamplerOptions {
  /** Input scale of the training run. */
  b: number;
  /** sigma(t); default linear, sigma = t. */
  schedule?: SamplingScheduleShape | undefined;
  /** s(t); default none, s = 1. */
  scaling?: SamplingScaling | undefined;
}

const deterministic = (order: number) => ({ eta }: { eta: number }) => (eta === 0 ? order : undefined);
const unchurned = (order: number) => ({ sChurn }: Churn) => (sChurn ? undefined : order);

const samplers: { readonly [K in SamplerKind]: Entry<K> } = {
  'ddpm': { tableau: ({ variance }, b) => ddpm({ variance, b }), calls: 1 },
  'ddim': { tableau: (shape, b) => ddim({ ...shape, b }), calls: 1, order: deterministic(1) },
  'euler': { tableau: euler, calls: 1, order: unchurned(1), along: (churn, path) => churned(eulerAlong(path), churn) },
  'euler-ancestral': { tableau: eulerAncestral, calls: 1, order: deterministic(1) },
  'heun': { tableau: heun, calls: 2, order: unchurned(2), along: (churn, path) => churned(secondOrderAlong(path, 1), churn) },
  'second-order': { tableau: secondOrder, calls: 2, order: unchurned(2), along: ({ alpha, ...churn }, path) => churned(secondOrderAlong(path, alpha), churn) },
  'dpm-2': { tableau: dpm2, calls: 2, order: unchurned(2) },
  'dpm-2-ancestral': { tableau: dpm2Ancestral, calls: 2, order: deterministic(2) },
  // its first step is Euler's, and the error of that step alone falls with steps^-2
  'lms': { tableau: lms, calls: 1, order: ({ order }) => Math.min(order, 2) },
  'dpmpp-2m': { tableau: dpmpp2m, calls: 1, order: () => 2 },
  'dpmpp-2s-ancestral': { tableau: dpmpp2sAncestral, calls: 2, order: deterministic(2) },
  'dpmpp-sde': { tableau: dpmppSde, calls: 2, order: deterministic(2) },
  'dpmpp-2m-sde': { tableau: dpmpp2mSde, calls: 1, order: deterministic(2) },
  'dpmpp-3m-sde': { tableau: dpmpp3mSde, calls: 1, order: deterministic(2) },
};

const entryOf = (kind: SamplerKind) => samplers[kind] as Entry<SamplerKind>;

/** A sampler's steps over falling levels. RangeError if the sampler integrates only in sigma and another path is requested. */
export function tableauOf(shape: SamplerShape, { b, schedule = { kind: 'linear' }, scaling = 'none' }: SamplerOptions): Tableau {
  const { tableau, along } = entryOf(shape.kind);
  if (schedule.kind === 'linear' && scaling === 'none') return tableau(shape, b);
  if (along === undefined) throw new RangeError(`${shape.kind} integrates in sigma alone: it takes no sampling schedule ${schedule.kind} and no scaling ${scaling}; euler, heun and second-order do`);
  return along(shape, samplingPath(schedule, scaling));
}

/** The sampler that a spec names. */
export function samplerOf(shape: SamplerShape, options: SamplerOptions): Sampler {
  return samplerFrom(tableauOf(shape, options));
}

/** Denoiser calls per image (NFE) for `steps` steps, the last to 0. */
export function nfe({ kind }: Pick<SamplerShape, 'kind'>, steps: number): number {
  return entryOf(kind).calls * (steps - 1) + 1;
}

/** The order of convergence to the probability-flow ODE as steps grow, on smooth data; undefined if it draws fresh noise. */
export function order(shape: SamplerShape): number | undefined {
  return entryOf(shape.kind).order?.(shape);
}

import type { Tableau } from './tableau.js';
import { analyticFirst } from './samplers/analytic-first.js';
import { eulerAlong, secondOrderAlong } from './samplers/along-path.js';
import type { FreshNoise } from './samplers/ancestral.js';
import { churned } from './samplers/churn.js';
import type { Churn } from './samplers/churn.js';
import { ddim } from './samplers/ddim.js';
import type { DdimOptions } from './samplers/ddim.js';
import { ddpm } from './samplers/ddpm.js';
import type { DdpmOptions } from './samplers/ddpm.js';
import { deis } from './samplers/deis.js';
import type { DeisOptions } from './samplers/deis.js';
import { dpmSolver3 } from './samplers/dpm-solver-3.js';
import { dpmpp2mSde, dpmpp3mSde } from './samplers/dpmpp-multistep-sde.js';
import { dpmppSde } from './samplers/dpmpp-sde.js';
import type { DpmppSdeOptions } from './samplers/dpmpp-sde.js';
import { dpmpp2m, dpmpp2sAncestral } from './samplers/dpmpp.js';
import { euler, eulerAncestral } from './samplers/euler.js';
import { ipndm } from './samplers/ipndm.js';
import { lms } from './samplers/lms.js';
import { saSolver } from './samplers/sa-solver.js';
import type { SaSolverOptions } from './samplers/sa-solver.js';
import { dpm2, dpm2Ancestral, heun, secondOrder } from './samplers/second-order.js';
import { unipc } from './samplers/unipc.js';
import type { UnipcOptions } from './samplers/unipc.js';
import { samplingPath } from './sampling-path.js';
import type { SamplingPath, SamplingScaling, SamplingScheduleShape } from './sampling-path.js';
import { samplerFrom } from './sampling-run.js';
import type { Sampler } from './sampling-run.js';

/** Deterministic solvers can do without their first call. */
interface FirstCall {
  /** true: the first x0-hat is that of Gaussian data (analytic-first.ts). */
  analyticFirst?: boolean | undefined;
}

/** A sampler as written in a spec. */
export type SamplerShape =
  | ({ kind: 'ddpm' } & Omit<DdpmOptions, 'b'>)
  | ({ kind: 'ddim' } & Omit<DdimOptions, 'b'> & FirstCall)
  | ({ kind: 'euler' | 'heun' | 'dpm-2' } & Churn & FirstCall)
  | ({ kind: 'second-order'; alpha: number } & Churn & FirstCall)
  | ({ kind: 'euler-ancestral' | 'dpm-2-ancestral' | 'dpmpp-2s-ancestral' | 'dpmpp-3m-sde' } & FreshNoise)
  | ({ kind: 'lms' | 'ipndm'; order: number } & FirstCall)
  | ({ kind: 'deis' } & DeisOptions & FirstCall)
  | ({ kind: 'unipc' } & UnipcOptions & FirstCall)
  | ({ kind: 'dpm-3' | 'dpmpp-2m' | 'dpmpp-3m' } & FirstCall)
  | ({ kind: 'sa-solver' } & SaSolverOptions)
  | ({ kind: 'dpmpp-sde' } & DpmppSdeOptions)
  | ({ kind: 'dpmpp-2m-sde'; solver: 'midpoint' | 'heun' } & FreshNoise);
export type SamplerKind = SamplerShape['kind'];

type Shape<K extends SamplerKind> = SamplerShape & { kind: K };

interface Entry<K extends SamplerKind> {
  tableau(shape: Shape<K>, b: number): Tableau;
  /** Denoiser calls per step; a step to 0 makes one call in every sampler. */
  calls: 1 | 2 | 3;
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
  /** The standard deviation of the data, data units; needed only by analyticFirst. */
  sigmaData?: number | undefined;
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
  'ipndm': { tableau: ipndm, calls: 1, order: ({ order }) => Math.min(order, 2) },
  'deis': { tableau: deis, calls: 1, order: () => 2 },
  // corrected, it converges one order faster than its name says, but its first move is corrected by two x0-hats alone
  'unipc': { tableau: unipc, calls: 1, order: ({ order }) => Math.min(order + 1, 3) },
  'dpm-3': { tableau: dpmSolver3, calls: 3, order: () => 3 },
  'dpmpp-3m': { tableau: () => dpmpp3mSde({ eta: 0 }), calls: 1, order: () => 2 },
  'sa-solver': { tableau: saSolver, calls: 1, order: ({ eta, predictor, corrector }) => (eta > 0 ? undefined : corrector === 0 ? Math.min(predictor, 2) : Math.min(predictor + 1, corrector, 3)) },
  'dpmpp-2m': { tableau: dpmpp2m, calls: 1, order: () => 2 },
  'dpmpp-2s-ancestral': { tableau: dpmpp2sAncestral, calls: 2, order: deterministic(2) },
  'dpmpp-sde': { tableau: dpmppSde, calls: 2, order: deterministic(2) },
  'dpmpp-2m-sde': { tableau: dpmpp2mSde, calls: 1, order: deterministic(2) },
  'dpmpp-3m-sde': { tableau: dpmpp3mSde, calls: 1, order: deterministic(2) },
};

const entryOf = (kind: SamplerKind) => samplers[kind] as Entry<SamplerKind>;

/** A sampler's steps over falling levels. RangeError if the sampler integrates only in sigma and another path is requested. */
export function tableauOf(shape: SamplerShape, options: SamplerOptions): Tableau {
  const tableau = solverOf(shape, options);
  if (!startsAnalytically(shape)) return tableau;
  if (options.sigmaData === undefined) throw new RangeError(`analyticFirst of ${shape.kind} needs the standard deviation of the data`);
  return analyticFirst(tableau, options.sigmaData);
}

const startsAnalytically = (shape: SamplerShape): boolean => 'analyticFirst' in shape && shape.analyticFirst === true;

function solverOf(shape: SamplerShape, { b, schedule = { kind: 'linear' }, scaling = 'none' }: SamplerOptions): Tableau {
  const { tableau, along } = entryOf(shape.kind);
  if (schedule.kind === 'linear' && scaling === 'none') return tableau(shape, b);
  if (along === undefined) throw new RangeError(`${shape.kind} integrates in sigma alone: it takes no sampling schedule ${schedule.kind} and no scaling ${scaling}; euler, heun and second-order do`);
  return along(shape, samplingPath(schedule, scaling));
}

/** The sampler that a spec names. */
export function samplerOf(shape: SamplerShape, options: SamplerOptions): Sampler {
  return samplerFrom(tableauOf(shape, options));
}

/** Denoiser calls per image (NFE) for `steps` steps, the last to 0 unless `denoiseToZero` is false. */
export function nfe(shape: SamplerShape, steps: number, denoiseToZero = true): number {
  const { calls } = entryOf(shape.kind);
  return (denoiseToZero ? calls * (steps - 1) + 1 : calls * steps) - (startsAnalytically(shape) ? 1 : 0);
}

/** The order of convergence to the probability-flow ODE as steps grow, on smooth data; undefined if it draws fresh noise, or if its first x0-hat is not the denoiser's. */
export function order(shape: SamplerShape): number | undefined {
  return startsAnalytically(shape) ? undefined : entryOf(shape.kind).order?.(shape);
}

import type { DenoiserOptions } from './denoiser.js';
import { guides } from './guidance-interval.js';
import type { Guidance } from './guidance-interval.js';
import { scalings } from './preconditioning.js';
import { drawsOf, memoryOf } from './tableau.js';
import type { Combination, Step } from './tableau.js';

/** A sampling run as plain data, for programs that know nothing of samplers: docs/programs.md says how it is executed. */

/** A weighted sum: name of a vector -> its weight. Vectors: y, x0.i, eps, noise.k, past.j.y, past.j.x0. */
export type NamedSum = Readonly<Record<string, number>>;

/** A call of the network: x0-hat = cSkip y + cOut F(cIn y; c) at y = `at`. `guidance`: called without the class too, and x0-hat is led away from that by this factor. */
export interface NetworkCall {
  at: NamedSum;
  sigma: number;
  cSkip: number;
  cOut: number;
  cIn: number;
  c: number;
  guidance?: number;
}

/** x0-hat as a sum, without a call. */
export interface KnownX0 {
  at: NamedSum;
  sigma: number;
  x0: NamedSum;
}

export interface TrajectoryStep {
  /** Fresh noises that it uses. */
  draws: number;
  evaluations: readonly (NetworkCall | KnownX0)[];
  /** The state after it. */
  end: NamedSum;
}

export interface Trajectory {
  contract: 1;
  /** Standard deviation of the state before the first step, data units. */
  start: number;
  /** x0-hat of each network call is clipped to it, data units. */
  clamp: readonly [number, number] | null;
  /** How many earlier steps the sums refer to. */
  memory: number;
  /** Network calls per image. */
  nfe: number;
  /** Unit noises per image, the first for the start. */
  draws: number;
  sigmas: readonly number[];
  steps: readonly TrajectoryStep[];
}

export interface TrajectoryOptions {
  steps: readonly Step[];
  /** The levels of the steps, the last 0. */
  sigmas: readonly number[];
  start: number;
  clamp?: { min: number; max: number } | undefined;
  /** The scaling around the network, and what it is conditioned on. */
  options: DenoiserOptions;
  /** Of a network that is given classes. */
  guidance?: Guidance | undefined;
}

/** A sampler's steps with the scaling of each of their evaluations. */
export function trajectoryOf({ steps, sigmas, start, clamp, options, guidance }: TrajectoryOptions): Trajectory {
  const written = steps.map((step): TrajectoryStep => ({
    draws: drawsOf(step),
    evaluations: step.evaluations.map(({ at, sigma, x0Hat }) => (x0Hat === undefined ? networkCall(sumOf(at), sigma, { options, guidance }) : { at: sumOf(at), sigma, x0: sumOf(x0Hat) })),
    end: sumOf(step.end),
  }));
  const calls = written.flatMap(({ evaluations }) => evaluations).map((evaluation) => ('x0' in evaluation ? 0 : evaluation.guidance === undefined ? 1 : 2));
  return {
    contract: 1,
    start,
    clamp: clamp ? [clamp.min, clamp.max] : null,
    memory: memoryOf(steps),
    nfe: calls.reduce<number>((sum, count) => sum + count, 0),
    draws: written.reduce((sum, { draws }) => sum + draws, 1),
    sigmas,
    steps: written,
  };
}

function networkCall(at: NamedSum, sigma: number, { options, guidance }: Pick<TrajectoryOptions, 'options' | 'guidance'>): NetworkCall {
  const { cSkip, cOut, cIn } = scalings(options.kind, sigma, options);
  return { at, sigma, cSkip, cOut, cIn, c: options.conditioning(sigma), ...(guidance && guides(guidance, sigma) && { guidance: guidance.scale }) };
}

/** Vectors of weight 0 are omitted. */
function sumOf({ y, x0 = [], past = [], eps = 0, noise = [] }: Combination): NamedSum {
  const terms: (readonly [string, number])[] = [
    ['y', y],
    ...x0.map((weight, i) => [`x0.${i}`, weight] as const),
    ...past.flatMap((weight, j) => [[`past.${j}.y`, weight.y], [`past.${j}.x0`, weight.x0]] as const),
    ['eps', eps],
    ...noise.map((weight, k) => [`noise.${k}`, weight] as const),
  ];
  return Object.fromEntries(terms.filter(([, weight]) => weight !== 0));
}

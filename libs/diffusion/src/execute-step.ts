import { drawsOf } from './tableau.js';
import type { Combination, Step } from './tableau.js';

/** A vector and its weight in a sum. */
export type Term<V> = readonly [V, number];

/** Where a step evaluates the denoiser: at y, noise level sigma. */
export interface DenoiserRequest<V> {
  y: V;
  sigma: number;
}

/** What the denoiser returns at one point. */
export interface DenoiserResult<V> {
  x0: V;
  /** The noise in that point as the network sees it; computed only if a step uses it. */
  eps(): V;
}

/** A step's start: its state and its first x0-hat. */
export interface StepState<V> {
  y: V;
  x0: V;
}

/** A step under execution: it yields one request at a time and resumes with the result, so the caller can await the denoiser. Returns the new state and the first x0-hat. */
export type StepExecution<V> = Generator<DenoiserRequest<V>, StepState<V>, DenoiserResult<V>>;

/** The vector space in which steps are executed: tensors in a sampling run, numbers or Gaussian variables in tests. */
export interface StepOps<V> {
  /** The weighted sum of vectors; a vector of weight 0 is omitted. */
  combine(terms: readonly Term<V>[]): V;
  /** Unit noise, fresh at every call. */
  noise(): V;
}

/** Executes one step from y; `past` holds the previous steps, latest first. */
export function* executeStep<V>(step: Step, { y, past }: { y: V; past: readonly StepState<V>[] }, { combine, noise }: StepOps<V>): StepExecution<V> {
  const noises = Array.from({ length: drawsOf(step) }, noise);
  const results: DenoiserResult<V>[] = [];
  const valueOf = (weights: Combination) => combine([
    [y, weights.y] as const,
    ...(weights.x0 ?? []).map((weight, i): Term<V> => [results[i]!.x0, weight]),
    ...(weights.past ?? []).flatMap((weight, i): Term<V>[] => [[past[i]!.y, weight.y], [past[i]!.x0, weight.x0]]),
    ...(weights.eps ? [[results[0]!.eps(), weights.eps] as const] : []),
    ...(weights.noise ?? []).map((weight, i): Term<V> => [noises[i]!, weight]),
  ]);
  for (const { at, sigma, x0Hat } of step.evaluations) {
    const point = valueOf(at);
    if (x0Hat === undefined) {
      results.push(yield { y: point, sigma });
    } else {
      const x0 = valueOf(x0Hat);
      results.push({ x0, eps: () => combine([[point, 1 / sigma], [x0, -1 / sigma]]) });
    }
  }
  return { y: valueOf(step.end), x0: results[0]!.x0 };
}

import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { asyncTidy } from './async-tidy.js';
import type { Note } from './async-tidy.js';
import { executeStep } from './execute-step.js';
import type { DenoiserRequest, DenoiserResult, StepState, Term } from './execute-step.js';
import type { NoiseSource } from './noise.js';
import { memoryOf } from './tableau.js';
import type { Step, Tableau } from './tableau.js';

/** What a denoiser returns for y = x0 + sigma eps, both [n,h,w,c]. */
export interface Denoised {
  /** x0-hat, data units. */
  x0: Tensor4D;
  /** The unit noise that the network sees, if it differs from (y - x0-hat)/sigma. */
  eps?: Tensor4D;
}

/** What a sampler calls: a Denoiser, or one that also gives the noise. It may be asynchronous, to read values back from a GPU. The caller owns the result. */
export type AnyDenoiser = (y: Tensor4D, sigma: number) => DenoiserOutput | Promise<DenoiserOutput>;

type DenoiserOutput = Tensor4D | Denoised;

/** The levels of a sampling run, and what happens on the way. */
export interface SamplingRun {
  /** Falling, ending at 0; y starts at the first. */
  sigmas: readonly number[];
  /** Used only by steps that add noise. */
  noise: NoiseSource;
  /** x0-hat is clamped to this range, data units. A step's noise estimate follows it, unless the sampler uses the network's own. */
  clamp?: { min: number; max: number } | undefined;
  /** Awaited after each step, so that a busy process can handle its messages here. */
  onStep?: ((step: StepReport) => void | Promise<void>) | undefined;
  /** Checked before each step; an AbortSignal. */
  signal?: { throwIfAborted(): void } | undefined;
}

export interface StepReport {
  /** 0 .. steps - 1. */
  index: number;
  steps: number;
  sigma: number;
  next: number;
  /** The state that the step starts from, [n,h,w,c]; owned by the run, so clone it to keep it. */
  y: Tensor4D;
  /** x0-hat of the step's first evaluation, at sigma or at the level churn raised it to, [n,h,w,c]; owned by the run, so clone it to keep it. */
  x0: Tensor4D;
}

/**
 * Takes y [n,h,w,c] = x0 + sigma eps from the first level to the last, in data units.
 * The caller keeps ownership of y and owns the returned image. Rejects with the signal's reason,
 * and with a RangeError for levels at which the sampler is not defined.
 */
export type Sampler = (denoiser: AnyDenoiser, y: Tensor4D, run: SamplingRun) => Promise<Tensor4D>;

/** y at the first level of a run: unit noise times `stddev`, by default the level's sigma; owned by the caller. */
export function initialState({ sigmas, noise }: Pick<SamplingRun, 'sigmas' | 'noise'>, stddev = sigmas[0]!): Tensor4D {
  return tf.tidy(() => tf.mul(noise.next(), stddev));
}

/** The sampler that executes a tableau on images. */
export function samplerFrom(tableau: Tableau): Sampler {
  return async (denoiser, y, { sigmas, noise, clamp, onStep, signal }) => {
    const steps = tableau(sigmas);
    const memory = memoryOf(steps);
    let state = tf.clone(y);
    const past: StepState<Tensor4D>[] = [];
    try {
      for (const [index, step] of steps.entries()) {
        signal?.throwIfAborted();
        const { y: next, x0 } = await runStep(step, { y: state, past }, { denoiser, noise, clamp });
        past.unshift({ y: state, x0 });
        state = next;
        await onStep?.({ index, steps: steps.length, sigma: sigmas[index]!, next: sigmas[index + 1]!, y: past[0]!.y, x0 });
        tf.dispose(past.splice(memory).map(tensorsOf));
      }
      return state;
    } catch (error) {
      state.dispose();
      throw error;
    } finally {
      tf.dispose(past.map(tensorsOf));
    }
  };
}

type StepOptions = Pick<SamplingRun, 'noise' | 'clamp'> & { denoiser: AnyDenoiser };

function runStep(step: Step, from: { y: Tensor4D; past: readonly StepState<Tensor4D>[] }, { denoiser, noise, clamp }: StepOptions): Promise<StepState<Tensor4D>> {
  return asyncTidy(async (note) => {
    const execution = executeStep<Tensor4D>(step, from, { combine: (terms) => note(weighted(terms)), noise: () => note(noise.next()) });
    let turn = execution.next();
    while (!turn.done) {
      const { y, sigma } = turn.value;
      turn = execution.next(resultOf(await denoiser(y, sigma), turn.value, { clamp, note }));
    }
    return turn.value;
  });
}

function tensorsOf({ y, x0 }: StepState<Tensor4D>): Tensor4D[] {
  return [y, x0];
}

function resultOf(output: DenoiserOutput, { y, sigma }: DenoiserRequest<Tensor4D>, { clamp, note }: { clamp: SamplingRun['clamp']; note: Note }): DenoiserResult<Tensor4D> {
  const { x0, eps }: Denoised = output instanceof tf.Tensor ? { x0: output } : output;
  note(x0);
  if (eps) note(eps);
  return {
    x0: clamp ? note(tf.clipByValue(x0, clamp.min, clamp.max)) : x0,
    eps: () => eps ?? note(weighted([[y, 1 / sigma], [x0, -1 / sigma]])),
  };
}

/** The weighted sum of tensors; a tensor of weight 0 is omitted, even if it is not finite. */
function weighted(terms: readonly Term<Tensor4D>[]): Tensor4D {
  return tf.tidy(() => {
    const scaled = terms.filter(([, weight]) => weight !== 0).map(([tensor, weight]) => (weight === 1 ? tensor : tf.mul(tensor, weight)));
    return (scaled.length === 1 ? tf.clone(scaled[0]!) : scaled.reduce((sum, term) => tf.add(sum, term))) as Tensor4D;
  });
}

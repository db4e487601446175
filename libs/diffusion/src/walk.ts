import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { asyncTidy } from './async-tidy.js';
import type { Note } from './async-tidy.js';
import { carryOut } from './carry-out.js';
import type { Answer, Begun, Question, Term } from './carry-out.js';
import { memoryOf } from './moves.js';
import type { Move, Plan } from './moves.js';
import type { NoiseSource } from './noise.js';

/** What a network says of y = x0 + sigma eps, both [n,h,w,c]. */
export interface Estimate {
  /** x0-hat, data units. */
  x0: Tensor4D;
  /** Where it is not (y - x0-hat)/sigma: the unit noise that the network sees. */
  eps?: Tensor4D;
}

/** What a walk asks: a Denoiser, or one that has its own word on the noise. It may answer later, where it has to read a GPU's numbers. Its caller owns what it gets. */
export type Estimator = (y: Tensor4D, sigma: number) => Said | Promise<Said>;

type Said = Tensor4D | Estimate;

/** The levels a walk visits and what happens on the way. */
export interface Walk {
  /** Falling, last one 0; y starts at the first. */
  sigmas: readonly number[];
  /** Asked only by moves that add noise. */
  noise: NoiseSource;
  /** x0-hat is held to this range, data units. A move's noise estimate follows it, unless the sampler asks for the network's own. */
  clamp?: { min: number; max: number } | undefined;
  /** Awaited after each move, so that a busy process can serve its messages here. */
  onStep?: ((step: WalkStep) => void | Promise<void>) | undefined;
  /** Looked at before each move; an AbortSignal. */
  signal?: { throwIfAborted(): void } | undefined;
}

export interface WalkStep {
  /** 0 .. steps - 1. */
  index: number;
  steps: number;
  sigma: number;
  next: number;
  /** x0-hat at the move's first question, at sigma or where churn raised it, [n,h,w,c]; the walk's own, so clone it to keep it. */
  x0: Tensor4D;
}

/**
 * Takes y [n,h,w,c] = x0 + sigma eps from the first level to the last, in data units.
 * y stays the caller's; the image returned is the caller's too. Rejects with the signal's reason,
 * and with a RangeError for levels that the sampler cannot walk.
 */
export type Sampler = (denoiser: Estimator, y: Tensor4D, walk: Walk) => Promise<Tensor4D>;

/** y at the first level of a walk: sigma times unit noise, the caller's. */
export function startOf({ sigmas, noise }: Pick<Walk, 'sigmas' | 'noise'>): Tensor4D {
  return tf.tidy(() => tf.mul(noise.next(), sigmas[0]!));
}

/** The sampler that carries out a plan on images. */
export function walk(plan: Plan): Sampler {
  return async (denoiser, y, { sigmas, noise, clamp, onStep, signal }) => {
    const moves = plan(sigmas);
    const memory = memoryOf(moves);
    let state = tf.clone(y);
    const past: Begun<Tensor4D>[] = [];
    try {
      for (const [index, move] of moves.entries()) {
        signal?.throwIfAborted();
        const { y: moved, x0 } = await moveOnce(move, { y: state, past }, { denoiser, noise, clamp });
        past.unshift({ y: state, x0 });
        state = moved;
        await onStep?.({ index, steps: moves.length, sigma: sigmas[index]!, next: sigmas[index + 1]!, x0 });
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

type Asking = Pick<Walk, 'noise' | 'clamp'> & { denoiser: Estimator };

function moveOnce(move: Move, from: { y: Tensor4D; past: readonly Begun<Tensor4D>[] }, { denoiser, noise, clamp }: Asking): Promise<Begun<Tensor4D>> {
  return asyncTidy(async (note) => {
    const moving = carryOut<Tensor4D>(move, from, { mix: (terms) => note(weighted(terms)), noise: () => note(noise.next()) });
    let turn = moving.next();
    while (!turn.done) {
      const { y, sigma } = turn.value;
      turn = moving.next(answerOf(await denoiser(y, sigma), turn.value, { clamp, note }));
    }
    return turn.value;
  });
}

function tensorsOf({ y, x0 }: Begun<Tensor4D>): Tensor4D[] {
  return [y, x0];
}

function answerOf(said: Said, { y, sigma }: Question<Tensor4D>, { clamp, note }: { clamp: Walk['clamp']; note: Note }): Answer<Tensor4D> {
  const { x0, eps }: Estimate = said instanceof tf.Tensor ? { x0: said } : said;
  note(x0);
  if (eps) note(eps);
  return {
    x0: clamp ? note(tf.clipByValue(x0, clamp.min, clamp.max)) : x0,
    eps: () => eps ?? note(weighted([[y, 1 / sigma], [x0, -1 / sigma]])),
  };
}

/** The sum of tensors times numbers; a weight of 0 leaves its tensor out, even one that is not finite. */
function weighted(terms: readonly Term<Tensor4D>[]): Tensor4D {
  return tf.tidy(() => {
    const scaled = terms.filter(([, weight]) => weight !== 0).map(([tensor, weight]) => (weight === 1 ? tensor : tf.mul(tensor, weight)));
    return (scaled.length === 1 ? tf.clone(scaled[0]!) : scaled.reduce((sum, term) => tf.add(sum, term))) as Tensor4D;
  });
}

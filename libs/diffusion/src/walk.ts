import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { Denoiser } from './denoiser.js';
import type { Correction, Move, MoveRule } from './moves.js';
import type { NoiseSource } from './noise.js';

/** The levels a walk visits and what happens on the way. */
export interface Walk {
  /** Falling, last one 0; y starts at the first. */
  sigmas: readonly number[];
  /** Asked once a move, and only by moves that add noise. */
  noise: NoiseSource;
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
  /** x0-hat at sigma, [n,h,w,c]; disposed when onStep has ended. */
  x0: Tensor4D;
}

/**
 * Takes y [n,h,w,c] = x0 + sigma eps from the first level to the last, in data units.
 * y stays the caller's; the image returned is the caller's too. Rejects with the signal's reason.
 */
export type Sampler = (denoiser: Denoiser, y: Tensor4D, walk: Walk) => Promise<Tensor4D>;

/** y at the first level of a walk: sigma times unit noise, the caller's. */
export function startOf({ sigmas, noise }: Pick<Walk, 'sigmas' | 'noise'>): Tensor4D {
  return tf.tidy(() => tf.mul(noise.next(), sigmas[0]!));
}

/** The sampler that makes this move between each two levels. */
export function walk(rule: MoveRule): Sampler {
  return async (denoiser, y, { sigmas, noise, onStep, signal }) => {
    const steps = sigmas.length - 1;
    let state = tf.clone(y);
    try {
      for (let index = 0; index < steps; index++) {
        signal?.throwIfAborted();
        const [sigma, next] = [sigmas[index]!, sigmas[index + 1]!];
        const { y: moved, x0 } = moveOnce({ denoiser, noise, state, move: rule(sigma, next), sigma, next });
        state.dispose();
        state = moved;
        try {
          await onStep?.({ index, steps, sigma, next, x0 });
        } finally {
          x0.dispose();
        }
      }
      return state;
    } catch (error) {
      state.dispose();
      throw error;
    }
  };
}

interface OneMove {
  denoiser: Denoiser;
  noise: NoiseSource;
  state: Tensor4D;
  move: Move;
  sigma: number;
  next: number;
}

function moveOnce({ denoiser, noise, state, move, sigma, next }: OneMove): { y: Tensor4D; x0: Tensor4D } {
  return tf.tidy(() => {
    const x0 = denoiser(state, sigma);
    const predicted = weighted([state, move.y], [x0, move.x0]);
    if (move.correction) return { x0, y: corrected({ state, x0, x0Next: denoiser(predicted, next) }, move.correction) };
    return { x0, y: move.noise === 0 ? predicted : weighted([predicted, 1], [noise.next(), move.noise]) };
  });
}

function corrected({ state, x0, x0Next }: Record<'state' | 'x0' | 'x0Next', Tensor4D>, weights: Correction): Tensor4D {
  return weighted([state, weights.y], [x0, weights.x0], [x0Next, weights.x0Next]);
}

/** The sum of tensors times numbers; a weight of 0 leaves its tensor out, even one that is not finite. */
function weighted(...terms: readonly [Tensor4D, number][]): Tensor4D {
  const scaled = terms.filter(([, weight]) => weight !== 0).map(([tensor, weight]) => (weight === 1 ? tensor : tf.mul(tensor, weight)));
  return (scaled.length === 1 ? tf.clone(scaled[0]!) : scaled.reduce((sum, term) => tf.add(sum, term))) as Tensor4D;
}

import { drawsOf } from './moves.js';
import type { Mix, Move } from './moves.js';

/** A vector and its weight in a sum. */
export type Term<V> = readonly [V, number];

/** What a move asks the denoiser: what is x0 at y, noise level sigma? */
export interface Question<V> {
  y: V;
  sigma: number;
}

/** An answer of the denoiser at one point. */
export interface Answer<V> {
  x0: V;
  /** The noise in the point as the network sees it; worked out only where a move wants it. */
  eps(): V;
}

/** Where a move began: its state and what the denoiser said there first. */
export interface Begun<V> {
  y: V;
  x0: V;
}

/** A move under way: it yields what it asks, one question at a time, and goes on when it is sent the answer. So whoever carries it out may wait for one. */
export type Moving<V> = Generator<Question<V>, Begun<V>, Answer<V>>;

/** What carries moves out: tensors in a walk, numbers or laws of numbers in its tests. */
export interface Means<V> {
  /** The sum of vectors times numbers; a vector of weight 0 plays no part. */
  mix(terms: readonly Term<V>[]): V;
  /** Unit noise, fresh at every call. */
  noise(): V;
}

/** Makes one move from y; `past` holds the moves before, the latest first. Gives the new state and the first x0-hat. */
export function* carryOut<V>(move: Move, { y, past }: { y: V; past: readonly Begun<V>[] }, { mix, noise }: Means<V>): Moving<V> {
  const noises = Array.from({ length: drawsOf(move) }, noise);
  const answers: Answer<V>[] = [];
  const pointOf = (weights: Mix) => mix([
    [y, weights.y] as const,
    ...(weights.x0 ?? []).map((weight, i): Term<V> => [answers[i]!.x0, weight]),
    ...(weights.past ?? []).flatMap((weight, i): Term<V>[] => [[past[i]!.y, weight.y], [past[i]!.x0, weight.x0]]),
    ...(weights.eps ? [[answers[0]!.eps(), weights.eps] as const] : []),
    ...(weights.noise ?? []).map((weight, i): Term<V> => [noises[i]!, weight]),
  ]);
  for (const { at, sigma } of move.asks) answers.push(yield { y: pointOf(at), sigma });
  return { y: pointOf(move.end), x0: answers[0]!.x0 };
}

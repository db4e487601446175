import { noiseOf, stepTo } from '../tableau.js';
import type { Tableau } from '../tableau.js';
import { eulerStep } from './euler.js';

/** One move between two levels in ln sigma, h = ln(sigma/next). */
export interface Move {
  sigma: number;
  next: number;
  h: number;
  /** Where x0-hat is known, in units of h: 0 the start, then earlier levels, below 0. */
  nodes: readonly number[];
}

/** How a solver moves. */
export interface PredictorCorrector {
  /** Weight of the state. */
  kept(move: Move): number;
  /** Weights of x0-hats at `nodes`; fewer leave out the earliest. */
  predict(move: Move): readonly number[];
  /** Weights of x0-hats at the end of the move and at `nodes`, in place of those of `predict`, once the denoiser has been evaluated at the predicted end. Empty: no correction. */
  correct(move: Move): readonly number[];
  /** Standard deviation of fresh noise. */
  noise(move: Move): number;
}

/** Earlier levels that a solver may use. */
const mostNodes = 4;

/**
 * A multistep solver that corrects its state once the denoiser has been evaluated there, at no further call. State and noise have the same weights in
 * predictor and corrector, so corrected less predicted is a sum of x0-hats, and it is folded into the next move: the steps visit the
 * predicted states. The end of the last move is not corrected; a move to 0 is Euler's, and ends at x0-hat.
 */
export function predictorCorrector({ kept, predict, correct, noise }: PredictorCorrector): Tableau {
  return (sigmas) => sigmas.slice(1).map((next, i) => {
    const sigma = sigmas[i]!;
    if (next === 0) return eulerStep(sigma, next);
    const move = moveAt(sigmas, i);
    const [state, predicted] = [kept(move), predict(move)];
    const corrections = i === 0 ? [] : differences(moveAt(sigmas, i - 1), { predict, correct });
    const weights = Array.from({ length: Math.max(predicted.length, corrections.length) }, (_, j) => (predicted[j] ?? 0) + state * (corrections[j] ?? 0));
    const [now, ...past] = weights;
    return stepTo(sigma, { y: state, x0: [now!], past: past.map((x0) => ({ y: 0, x0 })), ...noiseOf(noise(move)) });
  });
}

function moveAt(sigmas: readonly number[], i: number): Move {
  const [sigma, next] = [sigmas[i]!, sigmas[i + 1]!];
  const h = Math.log(sigma / next);
  const nodes = sigmas.slice(Math.max(0, i - mostNodes + 1), i + 1).reverse().map((level) => Math.log(sigma / level) / h);
  return { sigma, next, h, nodes };
}

/** Corrected less predicted, as weights of x0-hats at the end of the move, at its start, and before. */
function differences(move: Move, { predict, correct }: Pick<PredictorCorrector, 'predict' | 'correct'>): number[] {
  const corrected = correct(move);
  if (corrected.length === 0) return [];
  const predicted = [0, ...predict(move)];
  return Array.from({ length: Math.max(corrected.length, predicted.length) }, (_, j) => (corrected[j] ?? 0) - (predicted[j] ?? 0));
}

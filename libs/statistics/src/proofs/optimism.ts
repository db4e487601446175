import { expectedBestOf } from '../best-of.js';
import { bestOf } from '../compare-with-best.js';
import { normal, seededRandom, type Random } from '../random.js';
import { grid } from '../simulated.js';
import { meanOf } from '../trial.js';
import type { Proof, Simulation } from './proof.js';

/** Standard deviations of a trial: between training runs, and between its samples. */
const [ofTraining, ofSample] = [0.8, 0.6];

interface Drawn {
  /** Mean score of the winner over the trials by which it was chosen. */
  chosen: number;
  /** Of its own training runs, with as many new sample seeds. */
  freshSamples: number;
  /** Of new training runs. */
  freshTrainingRuns: number;
}

/** Draws k configurations that are all 0 in truth, chooses the one with the best mean of three training runs, and scores it again in two ways. */
function draw(random: Random, k: number): Drawn {
  const trainingRuns = Array.from({ length: k }, () => Array.from({ length: 3 }, () => ofTraining * normal(random)));
  const scored = (values: readonly number[]): number[] => values.map((value) => value + ofSample * normal(random));
  const scores = trainingRuns.map(scored);
  const best = bestOf(scores.map((values) => grid(values.map((value) => [value]))), 'lower');
  return { chosen: meanOf(scores[best]!), freshSamples: meanOf(scored(trainingRuns[best]!)), freshTrainingRuns: meanOf(scored(trainingRuns[best]!.map(() => ofTraining * normal(random)))) };
}

/** By how much the score of the best of k configurations that are equal in truth flatters it, in standard deviations of a trial (below 0: too good), and what is left of that when it is scored again. */
export function optimismProofs({ runs, seed }: Simulation): Proof[] {
  const random = seededRandom(seed + 4);
  const few = Math.ceil(runs / 2);
  const proofs = [2, 8, 32, 128].flatMap((k): Proof[] => {
    const all = Array.from({ length: few }, () => draw(random, k));
    const mean = (field: keyof Drawn): number => meanOf(all.map((drawn) => drawn[field]));
    // five standard errors of a mean of `few` scores of three trials each
    const none = 5 / Math.sqrt(3 * few);
    return [
      { part: 'optimism', name: `the score by which the best of ${k} was chosen`, promise: null, measured: mean('chosen') },
      { part: 'optimism', name: `the best of ${k} on new samples of its training runs`, promise: null, measured: mean('freshSamples') },
      { part: 'optimism', name: `the best of ${k} on new training runs`, promise: { low: -none, high: none }, measured: mean('freshTrainingRuns') },
    ];
  });
  return [...proofs, { part: 'optimism', name: 'the minimum of 3 evaluations, as EDM reports it', promise: null, measured: meanOf(Array.from({ length: few }, () => expectedBestOf([normal(random), normal(random), normal(random)], 3, 'lower')!)) }];
}

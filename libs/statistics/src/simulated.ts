import { normal, type Random } from './random.js';
import type { Trial } from './trial.js';

/** Standard deviations of a simulated score by their origin. */
export interface Spread {
  trainingRuns: number;
  samples: number;
  rest: number;
}

/** How many of each are simulated. */
export interface Size {
  trainingRuns: number;
  samples: number;
}

/** Rows of scores, one a training, as trials. */
export const grid = (rows: readonly (readonly number[])[]): Trial[] => rows.flatMap((row, train) => row.map((value, sample) => ({ train, sample, value })));

/** Scores of a configuration with a known mean: every training with every sample seed. */
export function simulated(random: Random, { trainingRuns, samples, mean, spread }: Size & { mean: number; spread: Spread }): Trial[] {
  const ofTraining = Array.from({ length: trainingRuns }, () => spread.trainingRuns * normal(random));
  const ofSample = Array.from({ length: samples }, () => spread.samples * normal(random));
  return grid(ofTraining.map((a) => ofSample.map((b) => mean + a + b + spread.rest * normal(random))));
}

/** Scores of configurations with known means, whose seeds are common: what a seed does to all of them alike, and what each has of its own. */
export function simulatedTogether(random: Random, size: Size, { means, common, own }: { means: readonly number[]; common: Spread; own: Spread }): Trial[][] {
  const shared = simulated(random, { ...size, mean: 0, spread: common });
  return means.map((mean) => simulated(random, { ...size, mean, spread: own }).map((trial, i) => ({ ...trial, value: trial.value + shared[i]!.value })));
}

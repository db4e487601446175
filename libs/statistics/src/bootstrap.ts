import type { Interval } from './over-seeds.js';
import type { Random } from './random.js';
import { bySeed, meanOf, type Trial } from './trial.js';

interface Options {
  confidence?: number;
  resamples?: number;
}

const pick = <T>(from: readonly T[], random: Random): T => from[Math.floor(random() * from.length)]!;

/**
 * Percentile interval of the mean, by drawing training runs with replacement and then, within each, its samples (Davison and Hinkley 1997, section 3.8). Assumes no
 * distribution, but draws the samples of each training by themselves, so that what a sample seed does to all training runs alike is not in it, and is too narrow
 * for few training runs: with n equal ones by about the factor sqrt((n - 1) / n), and by the t quantile on top.
 */
export function bootstrapInterval(trials: readonly Trial[], random: Random, { confidence = 0.95, resamples = 2000 }: Options = {}): Interval {
  const trainingRuns = [...bySeed(trials, 'train').values()].map((group) => group.map(({ value }) => value));
  const means = Array.from({ length: resamples }, () => {
    const drawn = trainingRuns.flatMap(() => {
      const training = pick(trainingRuns, random);
      return training.map(() => pick(training, random));
    });
    return meanOf(drawn);
  }).sort((a, b) => a - b);
  return { low: quantile(means, (1 - confidence) / 2), high: quantile(means, (1 + confidence) / 2) };
}

/** Quantile of sorted values, linear between neighbours (Hyndman and Fan 1996, type 7). */
export function quantile(sorted: readonly number[], p: number): number {
  const at = p * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!];
  return below + (at - Math.floor(at)) * (above - below);
}

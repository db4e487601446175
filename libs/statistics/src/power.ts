import { lnGamma } from './incomplete-beta.js';
import { normalCdf } from './normal-cdf.js';
import { crossedParts, errorOf, type Part } from './over-seeds.js';
import type { Paired } from './paired.js';
import { rootBetween } from './root-between.js';
import { tQuantile } from './student-t.js';

interface Options {
  /** Chance of calling something a difference that is none. */
  alpha?: number;
  /** Chance of seeing a difference that is there. */
  power?: number;
}

/** Simpson's rule over so many pieces. */
const pieces = 1200;

/** `tPower` of one test, by the shift. */
function powerBy(df: number, alpha: number): (shift: number) => number {
  const critical = tQuantile(1 - alpha / 2, df);
  const norm = Math.log(2) + (df / 2) * Math.log(df / 2) - lnGamma(df / 2);
  const density = (s: number): number => (s === 0 ? (df === 1 ? Math.exp(norm) : 0) : Math.exp(norm + (df - 1) * Math.log(s) - (df * s * s) / 2));
  const [from, to] = [Math.max(0, 1 - 9 / Math.sqrt(df)), 1 + 9 / Math.sqrt(df)];
  const step = (to - from) / pieces;
  // the same for every shift
  const points = Array.from({ length: pieces + 1 }, (_, i) => {
    const s = from + i * step;
    return { limit: critical * s, weight: (density(s) * (i === 0 || i === pieces ? 1 : i % 2 === 1 ? 4 : 2) * step) / 3 };
  });
  return (shift) => points.reduce((sum, { limit, weight }) => sum + weight * (normalCdf(shift - limit) + normalCdf(-shift - limit)), 0);
}

/** Chance that a two-sided t test rejects where the true difference is `shift` standard errors: the tails of the noncentral t, as an integral over the estimate of the deviation. */
export const tPower = (shift: number, df: number, alpha = 0.05): number => powerBy(df, alpha)(shift);

/** The smallest true difference that a test with this standard error would see with the given power. */
export function detectableDifference(standardError: number, degreesOfFreedom: number, { alpha = 0.05, power = 0.8 }: Options = {}): number {
  const powerOf = powerBy(degreesOfFreedom, alpha);
  let high = 1;
  while (powerOf(high) < power) high *= 2;
  return standardError * rootBetween((shift) => powerOf(shift) - power, 0, high);
}

const mostTrainingRuns = 200;

/**
 * With how many training runs, each with as many sample seeds, a difference as large as the one seen would be found with the given power. null: not with 200,
 * because of what the sample seeds contribute or because it is too small; or not known, with a single training.
 */
export function trainingRunsToSettle(seen: Paired, { alpha = 0.05, power = 0.8 }: Options = {}): number | null {
  if (seen.reach === null || seen.trainingRuns < 2 || seen.mean === 0) return null;
  const enough = leastShift(alpha, power);
  // one after the other: with more training runs the sample seeds, which stay few, may become what the test depends on
  for (let count = 2; count <= mostTrainingRuns; count++) {
    const { standardError, degreesOfFreedom } = errorOf(partsWith(seen, { trainingRuns: count, samples: seen.samples })!);
    const shift = Math.abs(seen.mean) / standardError;
    if (standardError === 0 || (shift >= enough && tPower(shift, degreesOfFreedom, alpha) >= power)) return count;
  }
  return null;
}

/** Below it no t test has this power: not even the one that knows the deviation, which no test of its level that is unbiased surpasses. */
function leastShift(alpha: number, power: number): number {
  const critical = rootBetween((x) => normalCdf(x) - (1 - alpha / 2), 0, 9);
  return rootBetween((shift) => normalCdf(shift - critical) + normalCdf(-shift - critical) - power, 0, critical + 9) * (1 - 1e-9);
}

/** The standard error to be expected of a difference with other numbers of seeds, each train seed with each sample seed; null where the seeds so far do not tell. */
export function expectedError(seen: Paired, seeds: { trainingRuns: number; samples: number }): number | null {
  const parts = seen.reach === null ? null : partsWith(seen, seeds);
  return parts && errorOf(parts).standardError;
}

/** The variance to be expected of the mean with other numbers of seeds; null where one level has a single seed so far, and is to have more. */
function partsWith({ components, trials, trainingRuns: had, samples: hadSamples }: Paired, { trainingRuns, samples }: { trainingRuns: number; samples: number }): Part[] | null {
  const { trainingRuns: ofTrainingRuns, samples: ofSamples, rest } = components;
  // one sample seed, or one for each training
  if (hadSamples === 1 || (hadSamples === trials && had === trials)) return samples === hadSamples ? [{ factor: 1 / trainingRuns, meanSquare: ofTrainingRuns + rest, degreesOfFreedom: trainingRuns - 1 }] : null;
  if (had === 1) return trainingRuns === 1 ? [{ factor: 1 / samples, meanSquare: ofSamples + rest, degreesOfFreedom: samples - 1 }] : null;
  return crossedParts(components, { trials: trainingRuns * samples, trainingRuns, samples, trainingShare: 1 / trainingRuns, sampleShare: 1 / samples, groups: 1, perTraining: samples, perSample: trainingRuns });
}

import { lnGamma } from './incomplete-beta.js';
import { normalCdf } from './normal-cdf.js';
import { crossedParts, errorOf, type Part } from './over-seeds.js';
import type { Paired } from './paired.js';
import { tQuantile } from './student-t.js';

interface Options {
  /** Chance of calling something a difference that is none. */
  alpha?: number;
  /** Chance of seeing a difference that is there. */
  power?: number;
}

/** Chance that a two-sided t test rejects where the true difference is `shift` standard errors: the tails of the noncentral t, as an integral over the estimate of the deviation. */
export function tPower(shift: number, df: number, alpha = 0.05): number {
  const critical = tQuantile(1 - alpha / 2, df);
  const norm = Math.log(2) + (df / 2) * Math.log(df / 2) - lnGamma(df / 2);
  const integrand = (s: number): number => {
    const density = s === 0 ? (df === 1 ? Math.exp(norm) : 0) : Math.exp(norm + (df - 1) * Math.log(s) - (df * s * s) / 2);
    return density * (normalCdf(shift - critical * s) + normalCdf(-shift - critical * s));
  };
  return simpson(integrand, Math.max(0, 1 - 9 / Math.sqrt(df)), 1 + 9 / Math.sqrt(df));
}

function simpson(f: (x: number) => number, from: number, to: number, pieces = 1200): number {
  const step = (to - from) / pieces;
  let sum = f(from) + f(to);
  for (let i = 1; i < pieces; i++) sum += (i % 2 === 1 ? 4 : 2) * f(from + i * step);
  return (sum * step) / 3;
}

/** The smallest true difference that a test with this standard error would see with the given power. */
export function detectableDifference(standardError: number, degreesOfFreedom: number, { alpha = 0.05, power = 0.8 }: Options = {}): number {
  let [low, high] = [0, 1];
  while (tPower(high, degreesOfFreedom, alpha) < power) high *= 2;
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    if (tPower(middle, degreesOfFreedom, alpha) < power) low = middle;
    else high = middle;
  }
  return high * standardError;
}

const mostTrainingRuns = 200;

/**
 * With how many training runs, each with as many sample seeds, a difference as large as the one seen would be found with the given power. null: not with 200,
 * because of what the sample seeds contribute or because it is too small; or not known, with a single training.
 */
export function trainingRunsToSettle(seen: Paired, { alpha = 0.05, power = 0.8 }: Options = {}): number | null {
  if (seen.reach === null || seen.trainingRuns < 2 || seen.mean === 0) return null;
  // one after the other: with more training runs the sample seeds, which stay few, may become what the test depends on
  for (let count = 2; count <= mostTrainingRuns; count++) {
    const { standardError, degreesOfFreedom } = errorOf(partsWith(count, seen));
    if (standardError === 0 || tPower(Math.abs(seen.mean) / standardError, degreesOfFreedom, alpha) >= power) return count;
  }
  return null;
}

/** The variance to be expected of the mean with another number of training runs. */
function partsWith(count: number, { components, trials, samples }: Paired): Part[] {
  // one sample seed, or one for each training
  if (samples === 1 || samples === trials) return [{ factor: 1 / count, meanSquare: components.trainingRuns + components.rest, degreesOfFreedom: count - 1 }];
  return crossedParts(components, { trials: count * samples, trainingRuns: count, samples, trainingShare: 1 / count, sampleShare: 1 / samples, groups: 1, perTraining: samples, perSample: count });
}

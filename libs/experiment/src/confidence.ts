import { expectedBestOf } from '@elucidate/statistics/best-of';
import { bootstrapInterval } from '@elucidate/statistics/bootstrap';
import { compareWithBest, type Better, type Correction, type ToBest } from '@elucidate/statistics/compare-with-best';
import { overSeeds, type Interval } from '@elucidate/statistics/over-seeds';
import { detectableDifference, trainingRunsToSettle } from '@elucidate/statistics/power';
import { seededRandom } from '@elucidate/statistics/random';
import type { Trial } from '@elucidate/statistics/trial';
import { digits } from './estimate-text.js';
import { higherIsBetter, metricRange, metricTitle, metricWidth } from './metric-requests.js';
import type { Choice, Confidence, Difference, RunnerUp, SeedSpread, Standing } from './tables.js';

export const betterOf = (metric: string): Better => (higherIsBetter(metric) ? 'higher' : 'lower');

/** How sure the mean of these trials is; there is at least one. Its interval keeps to the values that the metric can have, which takes nothing from its coverage. */
export function confidenceOf(metric: string, trials: readonly Trial[]): Confidence {
  const { trainingRuns, samples, interval, reach } = overSeeds(trials);
  return { trainingRuns, samples, interval: interval && within(metricRange(metric), interval), reach, bestOfThree: expectedBestOf(trials.map(({ value }) => value), 3, betterOf(metric)) };
}

/** The interval of a difference of two means, which ends where differences of the metric's values do. */
export function differenceInterval(metric: string, interval: Interval | null): Interval | null {
  const width = metricWidth(metric);
  return interval && within([-width, width], interval);
}

/** What the trials of a configuration vary by; null for a single one, or for seeds of which too few were combined. The bootstrap draws the same resamples each time. */
export function seedSpreadOf(trials: readonly Trial[]): SeedSpread | null {
  if (trials.length < 2) return null;
  const { components, reach, trainingRuns, samples } = overSeeds(trials);
  if (reach === null) return null;
  const deviation = (variance: number, known: boolean): number | null => (known ? Math.sqrt(variance) : null);
  const crossed = trainingRuns < trials.length || samples < trials.length;
  const alone = trainingRuns === 1 || samples === 1;
  return {
    trainingRuns: deviation(components.trainingRuns, trainingRuns > 1 && crossed), samples: deviation(components.samples, samples > 1 && crossed), rest: deviation(components.rest, !alone),
    bootstrap: bootstrapInterval(trials, seededRandom(1)),
  };
}

/** The part of an interval that lies in a range. */
export const within = ([least, greatest]: readonly [number, number], { low, high }: Interval): Interval => ({ low: Math.max(least, low), high: Math.min(greatest, high) });

/** Configurations beside the best of them, each with at least one trial. */
export interface Compared {
  /** The place of the best. */
  best: number;
  standings: Standing[];
  /** The second-best: of all if all were given. Worked out when it is read: what would have been seen of it takes hundreds of times as long as the rest. */
  readonly runnerUp: RunnerUp | null;
}

interface CompareOptions {
  correction?: Correction;
  /** How many comparisons there are in all, if these configurations are not all. */
  comparisons?: number;
}

/** Compares configurations with the one that has the best mean: paired, over common seeds, corrected for the number of comparisons. */
export function compared(metric: string, configurations: readonly (readonly Trial[])[], { correction = 'Holm', comparisons = configurations.length - 1 }: CompareOptions = {}): Compared {
  const { best, toBest } = compareWithBest(configurations, { better: betterOf(metric), correction, comparisons });
  const standings = toBest.map((one): Standing => ({ apart: one?.apart ?? false, toBest: one && differenceOf(metric, one) }));
  // Holm's next step counts only those that are not told apart yet; Bonferroni counts all
  const left = correction === 'Holm' ? comparisons - standings.filter(({ apart }) => apart).length : comparisons;
  return {
    best, standings,
    get runnerUp() {
      return runnerUpOf(metric, toBest, 0.05 / Math.max(1, left));
    },
  };
}

function differenceOf(metric: string, { difference, adjustedP }: ToBest): Difference | null {
  if (difference === null) return null;
  const { mean, interval, trainingRuns, samples } = difference;
  return { mean, interval: differenceInterval(metric, interval), trainingRuns, samples, p: adjustedP };
}

/** The one nearest to the best: what would have been seen of it, and what it takes to see what there seems to be, by a test at level `alpha`. */
function runnerUpOf(metric: string, toBest: readonly (ToBest | null)[], alpha: number): RunnerUp | null {
  const others = toBest.filter((one) => one !== null);
  if (others.length === 0) return null;
  const distance = ({ difference }: ToBest): number => (difference === null ? Infinity : Math.abs(difference.mean));
  const nearest = others.reduce((found, one) => (distance(one) < distance(found) ? one : found));
  const { difference } = nearest;
  return {
    difference: differenceOf(metric, nearest),
    detectable: difference?.standardError == null ? null : detectableDifference(difference.standardError, difference.degreesOfFreedom!, { alpha }),
    trainingRuns: difference === null ? null : trainingRunsToSettle(difference, { alpha }),
  };
}

/** What is to be said of the choice of the best: among how many, and how far the runner-up is. */
export function choiceText(metric: string, { among, incomplete, correction, group, runnerUp }: Choice): string {
  if (among < 2) return incompleteLine(incomplete);
  const tied = group === null ? '' : group === among ? ' None can be told apart from the best.' : ` ${group} ${group === 1 ? 'is' : 'are'} in the group of the best.`;
  const made = `The best was chosen among ${among} configurations, so its own score flatters it; paired differences at the same seeds, ${correction}'s correction for ${among - 1} ${among === 2 ? 'comparison' : 'comparisons'}.${tied}`;
  return [made, runnerUp === null ? '' : runnerUpText(metric, runnerUp), incompleteLine(incomplete)].filter((part) => part !== '').join(' ');
}

const incompleteLine = (incomplete: number): string => (incomplete === 0 ? '' : `${incomplete} ${incomplete === 1 ? 'configuration is' : 'configurations are'} not ranked; ${incomplete === 1 ? 'its row says' : 'their rows say'} why.`);

function runnerUpText(metric: string, { detectable, trainingRuns, difference }: RunnerUp): string {
  if (difference === null) return 'The runner-up has no seeds in common with the best.';
  if (detectable === null) return 'With a single trial each, nothing can be told apart: add train seeds.';
  const seen = detectable > metricWidth(metric)
    ? `No difference in ${metricTitle(metric)} to the runner-up, which is at most ${metricWidth(metric)}, would have been seen (in four of five sweeps).`
    : `A difference in ${metricTitle(metric)} to the runner-up would have been seen from ${digits(metric, detectable)} on (in four of five sweeps).`;
  if (difference.p !== null && difference.p < 0.05) return seen;
  return `${seen} ${trainingRuns === null ? 'No more train seeds, up to 200, would settle these two.' : `${trainingRuns} train seeds would settle these two, if ${digits(metric, Math.abs(difference.mean))} is the difference.`}`;
}

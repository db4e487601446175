import { bonferroni, holm } from './holm.js';
import { paired, type Paired } from './paired.js';
import { meanOf, type Trial } from './trial.js';

export type Correction = 'Holm' | 'Bonferroni';
export type Better = 'lower' | 'higher';

/** A configuration beside the best of those it is compared with. */
export interface ToBest {
  /** This one less the best; null if they have no pair of seeds in common. */
  difference: Paired | null;
  /** p of no difference, adjusted for the number of comparisons, not for the choice of the best; null where there is none. */
  adjustedP: number | null;
  /** Whether it can be told apart from the best. */
  apart: boolean;
}

export interface Comparisons {
  /** Which has the best mean. */
  best: number;
  /** By configuration; null for the best. */
  toBest: (ToBest | null)[];
}

interface Options {
  better: Better;
  alpha?: number;
  correction?: Correction;
  /** How many comparisons there are in all, if more than those of the configurations given. */
  comparisons?: number;
}

/** The place of the best mean; the first of equals. */
export function bestOf(configurations: readonly (readonly Trial[])[], better: Better): number {
  const means = configurations.map((trials) => meanOf(trials.map(({ value }) => value)));
  return means.reduce((best, mean, i) => ((better === 'lower' ? mean < means[best]! : mean > means[best]!) ? i : best), 0);
}

const adjust = { Holm: holm, Bonferroni: bonferroni } as const satisfies Record<Correction, unknown>;

/**
 * Which configurations can be told apart from the one with the best mean: by paired differences, corrected for the number of comparisons. The others, with
 * the best, are the group in which the truly best one is to be expected. That the best was chosen by the same scores is not corrected for: of equal
 * configurations, one is told apart more often than `alpha` says. Each configuration has at least one trial.
 */
export function compareWithBest(configurations: readonly (readonly Trial[])[], { better, alpha = 0.05, correction = 'Holm', comparisons = configurations.length - 1 }: Options): Comparisons {
  const best = bestOf(configurations, better);
  const found = configurations.map((trials, i) => (i === best ? null : paired(trials, configurations[best]!)));
  const tested = found.flatMap((difference, i) => (difference?.p == null ? [] : [{ i, p: difference.p }]));
  const adjusted = new Map(adjust[correction](tested.map(({ p }) => p), comparisons).map((p, place) => [tested[place]!.i, p]));
  return {
    best,
    toBest: found.map((difference, i) => (i === best ? null : { difference, adjustedP: adjusted.get(i) ?? null, apart: (adjusted.get(i) ?? 1) < alpha })),
  };
}

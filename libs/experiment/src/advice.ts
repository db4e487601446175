import { doubtOf } from '@elucidate/statistics/doubt';
import { paired, type Paired } from '@elucidate/statistics/paired';
import { expectedError } from '@elucidate/statistics/power';
import type { Trial } from '@elucidate/statistics/trial';
import { betterOf, differenceInterval } from './confidence.js';

/** A configuration with its trials. */
export interface Scored {
  cellId: string;
  config: Readonly<Record<string, unknown>>;
  trials: readonly Trial[];
}

/** A configuration that may be better than the one that is best so far. */
export interface Rival extends Omit<Scored, 'trials'> {
  /** It less the best, over the seeds that both have. */
  difference: number;
  interval: { low: number; high: number } | null;
  trainingRuns: number;
  samples: number;
  /** The chance that it is better than the best; null where the seeds do not tell. */
  doubt: number | null;
}

/** More seeds for the best and some of its rivals: each of them is to have all of these. */
export interface Candidate {
  /** Which seeds are more. */
  level: 'train' | 'sample';
  /** How many; 0: those that some of the configurations have and others lack. */
  more: number;
  /** The rivals that get them, besides the best. */
  rivals: readonly string[];
  trainSeeds: readonly number[];
  sampleSeeds: readonly number[];
  /** By how much the doubt is expected to fall; null where the seeds so far do not tell. */
  gain: number | null;
}

/** How sure it is that the best is the best, and what would make it surer. */
export interface Doubts {
  best: Omit<Scored, 'trials'>;
  rivals: Rival[];
  /** The chance that some rival is better, at most: the sum of their chances, up to 1. null where nothing is known of any. */
  doubt: number | null;
  candidates: Candidate[];
}

/** Rivals that are considered, the most doubtful: of the others little is to be gained. */
const mostRivals = 8;
const steps = [1, 2, 4, 8] as const;

interface Seen {
  rival: Rival;
  paired: Paired;
  seeds: { train: number[]; sample: number[] };
}

const distinct = (seeds: readonly number[]): number[] => [...new Set(seeds)].sort((a, b) => a - b);
const seedsOf = (trials: readonly Trial[]) => ({ train: distinct(trials.map(({ train }) => train)), sample: distinct(trials.map(({ sample }) => sample)) });
const next = (seeds: readonly number[], more: number): number[] => Array.from({ length: more }, (_, i) => Math.max(...seeds) + 1 + i);

function seenOf({ trials, ...known }: Scored, best: readonly Trial[], metric: string): Seen[] {
  const found = paired(trials, best);
  if (found === null) return [];
  const { mean, interval, standardError, degreesOfFreedom, trainingRuns, samples } = found;
  const behind = betterOf(metric) === 'lower' ? mean : -mean;
  const doubt = standardError === null || degreesOfFreedom === null ? null : chanceAhead(behind, standardError, degreesOfFreedom);
  return [{ rival: { ...known, difference: mean, interval: differenceInterval(metric, interval), trainingRuns, samples, doubt }, paired: found, seeds: seedsOf(trials) }];
}

/** The chance that a rival which seems to be behind is ahead. */
function chanceAhead(behind: number, error: number, df: number): number {
  if (error === 0) return behind === 0 ? 0.5 : Number(behind < 0);
  const tail = doubtOf(behind / error, df);
  return behind < 0 ? 1 - tail : tail;
}

/** As gainOf, each computed once. */
function gains(): typeof gainOf {
  const known = new Map<string, number | null>();
  return (seen, seeds) => {
    const key = `${seen.rival.cellId} ${seeds.trainingRuns} ${seeds.samples}`;
    if (!known.has(key)) known.set(key, gainOf(seen, seeds));
    return known.get(key)!;
  };
}

/**
 * By how much the chance to take the wrong one of the two falls, if they have so many seeds in common; null if that cannot be foreseen. A rival that is ahead at
 * common seeds is the likelier one, and is taken once both have the same.
 */
function gainOf({ rival, paired: seen }: Seen, seeds: { trainingRuns: number; samples: number }): number | null {
  const { standardError, degreesOfFreedom, mean } = seen;
  const then = expectedError(seen, seeds);
  if (then === null || standardError === null || degreesOfFreedom === null) return null;
  if (standardError === 0) return mean === 0 ? 0 : rival.doubt!;
  return rival.doubt! - doubtOf(mean / standardError, degreesOfFreedom, then / standardError);
}

const total = (values: readonly (number | null)[]): number | null => {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
};

function candidatesOf(best: readonly Trial[], rivals: readonly Seen[]): Candidate[] {
  const gain = gains();
  return rivals.flatMap((_, last) => {
    const members = rivals.slice(0, last + 1);
    const had = seedsOf(best);
    const train = distinct([had, ...members.map(({ seeds }) => seeds)].flatMap((seeds) => seeds.train));
    const sample = distinct([had, ...members.map(({ seeds }) => seeds)].flatMap((seeds) => seeds.sample));
    const alike = members.every(({ seeds }) => seeds.train.length === train.length && seeds.sample.length === sample.length);
    const buy = (level: Candidate['level'], more: number): Candidate => {
      const [trainSeeds, sampleSeeds] = level === 'train' ? [[...train, ...next(train, more)], sample] : [train, [...sample, ...next(sample, more)]];
      return { level, more, rivals: members.map(({ rival }) => rival.cellId), trainSeeds, sampleSeeds, gain: total(members.map((member) => gain(member, { trainingRuns: trainSeeds.length, samples: sampleSeeds.length }))) };
    };
    return [...(alike ? [] : [buy('train', 0)]), ...steps.map((more) => buy('train', more)), ...steps.map((more) => buy('sample', more))];
  });
}

/**
 * How sure it is that the first of some configurations, ranked best first, is the best of them, and what more seeds would be expected to tell. Every configuration has
 * a trial. With the most doubtful rival, the two most doubtful, and so on, each is offered 1, 2, 4 and 8 more train seeds, or as many sample seeds.
 */
export function doubtsOf([{ trials: best, ...first }, ...others]: readonly [Scored, ...Scored[]], metric: string): Doubts {
  const seen = others.flatMap((one) => seenOf(one, best, metric));
  // where nothing is known of the spread, the nearest are the most doubtful
  const order = (a: Rival, b: Rival): number => (b.doubt ?? -1) - (a.doubt ?? -1) || (betterOf(metric) === 'lower' ? a.difference - b.difference : b.difference - a.difference);
  seen.sort((a, b) => order(a.rival, b.rival));
  const rivals = seen.map(({ rival }) => rival);
  const doubt = total(rivals.map((rival) => rival.doubt));
  return { best: first, rivals, doubt: doubt && Math.min(1, doubt), candidates: candidatesOf(best, seen.slice(0, mostRivals)) };
}

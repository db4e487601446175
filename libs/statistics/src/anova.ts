import { designOf } from './components.js';
import { fTail, noncentralityInterval } from './f-distribution.js';
import { codes, columns, columnsOf, missingPairs, pairsOf, type Levels, type Term } from './factorial.js';
import { holm } from './holm.js';
import { qrOf, type Columns } from './least-squares.js';
import { errorOf, overSeeds, pooledVariance, type Interval, type OverSeeds, type Reach } from './over-seeds.js';
import { tQuantile } from './student-t.js';
import { meanOf, type Trial } from './trial.js';

/** One configuration of a sweep over some factors. */
export interface Configuration {
  /** The place of its level of each factor, from 0. */
  levels: readonly number[];
  /** Of distinct pairs of seeds; every configuration has the same ones. */
  trials: readonly Trial[];
}

/** What a factor, or two of them beyond what each does by itself, does to a score. */
export interface Effect {
  term: Term;
  degreesOfFreedom: number;
  /** Standard deviation that it gives the means of the configurations, in the score's unit; of several degrees of freedom less what chance adds. */
  spread: number;
  /** 95 % interval of `spread`, by Student's t; null with one pair of seeds. */
  spreadInterval: Interval | null;
  /** Eta squared: its share of the variation of all trials. In a full grid the shares of all effects, with those in `rest`, add up to 1. */
  share: number;
  /** F of no effect, by the mean square of its interaction with the seeds; null, as all that follows, where there is one pair of seeds. */
  f: number | null;
  /** Of the denominator: Satterthwaite's, where train and sample seeds both contribute. */
  errorDegreesOfFreedom: number | null;
  p: number | null;
  /** p adjusted for the number of effects (Holm). */
  adjustedP: number | null;
  /** Partial omega squared: its variance among configurations, over that plus the mean square by which it is tested; 0 where the estimate is below. */
  omega: number | null;
  /** 95 % interval of partial omega squared, from the noncentral F. */
  omegaInterval: Interval | null;
}

/** How far a level, or a pair of levels, is from the mean of all: over seeds, so that what a seed does to all configurations alike cancels. */
export interface LevelEffect {
  term: Term;
  /** One place for each factor of the term. */
  levels: readonly number[];
  /** Of a pair: both main effects and their interaction together. */
  deviation: Pick<OverSeeds, 'mean' | 'interval'>;
}

export interface Anova {
  configurations: number;
  trainingRuns: number;
  samples: number;
  /** What tests and intervals are about; null with one pair of seeds. */
  reach: Reach | null;
  /** Whether every combination of the levels is there: then sums of squares are the classical ones; otherwise each is of what an effect adds to all others (type III). */
  full: boolean;
  mean: number;
  effects: Effect[];
  levels: LevelEffect[];
  /** Interactions that are not in the model, with combinations of levels that no configuration has. None are given if there are too few configurations to tell the interactions apart. */
  leftOut: { term: readonly [number, number]; missing: readonly (readonly [number, number])[] }[];
  /** Shares of the variation of all trials: what seeds do to all configurations alike, what is in no effect (interactions of three and more, and those left out), and the rest. */
  rest: { seeds: number; higher: number; noise: number };
}

/** Numbers that a decomposition may take: seconds. */
const mostWork = 1e9;

interface Model {
  terms: readonly Term[];
  leftOut: Anova['leftOut'];
}

/**
 * Analysis of variance of a factorial experiment repeated over seeds: every main effect and every interaction of two factors. Seeds are blocks: each has all configurations,
 * and each effect is tested by how much it varies from seed to seed, its own interaction with the seeds (as within subjects: Winer 1971, chapter 7). This is right
 * also where configurations share a training run, which a test by the rest of all configurations would count as many.
 * Throws RangeError if two factors vary together, so that their effects cannot be told apart: it names their places.
 */
export function analysisOfVariance(configurations: readonly Configuration[], counts: readonly number[]): Anova {
  const levels = configurations.map((one) => one.levels);
  const { terms, leftOut } = modelOf(levels, counts);
  const seeds = configurations[0]!.trials;
  const y = seeds.map(({ train, sample }) => Float64Array.from(configurations, ({ trials }) => trials.find((trial) => trial.train === train && trial.sample === sample)!.value));
  const asTrials = (values: readonly number[]): Trial[] => seeds.map(({ train, sample }, i) => ({ train, sample, value: values[i]! }));
  const design = designOf(seeds);
  const all = y.flatMap((values) => [...values]);
  const mean = meanOf(all);
  const total = all.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const byTerm = new Map(terms.map((term) => [term, columns(term, levels, counts)]));
  const effects = terms.map((term) => effectOf(term, { contrasts: contrastsOf(term, byTerm, y).map(asTrials), configurations: levels.length, total }));
  const adjusted = holm(effects.flatMap(({ p }) => p ?? []));
  return {
    configurations: levels.length, trainingRuns: design.trainingRuns, samples: design.samples,
    reach: overSeeds(asTrials(y.map((values) => meanOf([...values])))).reach,
    full: levels.length === counts.reduce((product, count) => product * count, 1), mean,
    effects: effects.map((effect, i) => ({ ...effect, adjustedP: adjusted[i] ?? null })),
    levels: levelEffects(terms, { byTerm, y, counts, asTrials }),
    leftOut, rest: restOf(byTerm, y, { mean, total }),
  };
}

const ones = (rows: number): Float64Array => new Float64Array(rows).fill(1);
const designColumns = (terms: readonly Term[], levels: Levels, counts: readonly number[]): Columns => [ones(levels.length), ...terms.flatMap((term) => columns(term, levels, counts))];

/** All main effects, and the interactions of which every combination of levels is there, if the configurations tell them apart. */
function modelOf(levels: Levels, counts: readonly number[]): Model {
  const mains = counts.map((_, factor): Term => [factor]);
  const pairs = pairsOf(counts.length).map((term) => ({ term, missing: missingPairs(term, levels, counts) }));
  const whole = [...mains, ...pairs.filter(({ missing }) => missing.length === 0).map(({ term }) => term)];
  const width = 1 + whole.reduce((sum, term) => sum + columnsOf(term, counts), 0);
  const apart = width <= levels.length && levels.length * width ** 2 * whole.length <= mostWork && qrOf(designColumns(whole, levels, counts)).dependent < 0;
  if (apart) return { terms: whole, leftOut: pairs.filter(({ missing }) => missing.length > 0) };
  requireApart(mains, levels, counts);
  return { terms: mains, leftOut: pairs };
}

/** Throws RangeError for main effects that are not told apart. */
function requireApart(mains: readonly Term[], levels: Levels, counts: readonly number[]): void {
  mains.forEach((_, place) => {
    const x = designColumns(mains.slice(0, place + 1), levels, counts);
    if (x.length > levels.length || qrOf(x).dependent >= 0) throw new ConfoundedError(place);
  });
}

/** A factor whose effect those before it make up. */
export class ConfoundedError extends RangeError {
  constructor(readonly factor: number) {
    super(`Factor ${factor} varies together with those before it, so that their effects cannot be told apart`);
  }
}

/** What a term adds to all others, as orthogonal contrasts of the configurations: [contrast][pair of seeds]. Their squares, over seeds, sum to the term's sum of squares of type III. */
function contrastsOf(term: Term, byTerm: ReadonlyMap<Term, Columns>, y: Columns): number[][] {
  const others = [...byTerm].filter(([other]) => other !== term).flatMap(([, own]) => own);
  const own = byTerm.get(term)!;
  const { rotated } = qrOf([ones(y[0]!.length), ...others, ...own]);
  const before = 1 + others.length;
  const bySeed = y.map((values) => rotated(values).subarray(before, before + own.length));
  return own.map((_, contrast) => bySeed.map((values) => values[contrast]!));
}

/** A square that is next to the variation of all trials no more than rounding is none. */
const withoutRounding = (square: number, total: number): number => (square <= 1e-24 * total ? 0 : square);

/** Of contrasts, each over the same seeds. */
function effectOf(term: Term, { contrasts, configurations, total }: { contrasts: readonly Trial[][]; configurations: number; total: number }): Effect {
  const design = designOf(contrasts[0]!);
  const square = withoutRounding(contrasts.reduce((sum, trials) => sum + meanOf(trials.map(({ value }) => value)) ** 2, 0), total);
  const df = contrasts.length;
  const plain = { term, degreesOfFreedom: df, share: total === 0 ? 0 : (design.trials * square) / total, adjustedP: null };
  const variance = pooledVariance(contrasts, design);
  if (variance === null) return { ...plain, spread: Math.sqrt(square / configurations), spreadInterval: null, f: null, errorDegreesOfFreedom: null, p: null, omega: null, omegaInterval: null };
  const { standardError: found, degreesOfFreedom } = errorOf(variance.parts);
  const standardError = Math.sqrt(withoutRounding(found ** 2, total));
  const { trainingRuns, samples, rest } = variance.components;
  // chance adds its own length in every direction but that of the effect itself
  const length = Math.sqrt(Math.max(0, square - (df - 1) * standardError ** 2));
  const half = tQuantile(0.975, degreesOfFreedom) * standardError;
  const inScore = (of: number): number => Math.max(0, of) / Math.sqrt(configurations);
  const f = square === 0 ? 0 : square / df / standardError ** 2;
  // the noncentrality is the effect's variance among configurations over the mean square it is tested by, times this
  const unit = (configurations * (trainingRuns + samples + rest)) / standardError ** 2;
  const omegaOf = (noncentrality: number): number => (noncentrality === Infinity ? 1 : noncentrality / (noncentrality + unit));
  const exact = standardError === 0;
  const lambda = exact ? null : noncentralityInterval(f, df, degreesOfFreedom);
  return {
    ...plain, spread: inScore(length), spreadInterval: { low: inScore(length - half), high: inScore(length + half) }, f, errorDegreesOfFreedom: degreesOfFreedom,
    p: exact ? Number(square === 0) : fTail(f, df, degreesOfFreedom),
    omega: exact ? Number(square > 0) : omegaOf(Math.max(0, df * (f - 1))),
    omegaInterval: lambda && { low: omegaOf(lambda.low), high: omegaOf(lambda.high) },
  };
}

interface Fit {
  byTerm: ReadonlyMap<Term, Columns>;
  y: Columns;
  counts: readonly number[];
  asTrials(values: readonly number[]): Trial[];
}

/** Every level of every factor, and every pair of levels of an interaction, by least squares: as if each combination were there once. */
function levelEffects(terms: readonly Term[], { byTerm, y, counts, asTrials }: Fit): LevelEffect[] {
  const qr = qrOf([ones(y[0]!.length), ...[...byTerm.values()].flat()]);
  const beta = y.map((values) => qr.coefficients(values));
  const starts = new Map<Term, number>();
  let next = 1;
  for (const [term, own] of byTerm) {
    starts.set(term, next);
    next += own.length;
  }
  const part = (term: Term, at: readonly number[], seed: number): number => codes(term, at, counts).reduce((sum, code, i) => sum + code * beta[seed]![starts.get(term)! + i]!, 0);
  return terms.flatMap((term) => placesOf(term, counts).map((places): LevelEffect => {
    const at = counts.map((_, factor) => places[(term as readonly number[]).indexOf(factor)] ?? 0);
    const within = terms.filter((other) => other.every((factor) => (term as readonly number[]).includes(factor)));
    const { mean, interval } = overSeeds(asTrials(y.map((_, seed) => within.reduce((sum, other) => sum + part(other, at, seed), 0))));
    return { term, levels: places, deviation: { mean, interval } };
  }));
}

/** Every level, or pair of levels. */
const placesOf = (term: Term, counts: readonly number[]): number[][] =>
  (term as readonly number[]).reduce<number[][]>((found, factor) => found.flatMap((before) => Array.from({ length: counts[factor]! }, (_, level) => [...before, level])), [[]]);

function restOf(byTerm: ReadonlyMap<Term, Columns>, y: Columns, { mean, total }: { mean: number; total: number }): Anova['rest'] {
  if (total === 0) return { seeds: 0, higher: 0, noise: 0 };
  const rows = y[0]!.length;
  const seeds = rows * y.reduce((sum, values) => sum + (meanOf([...values]) - mean) ** 2, 0);
  const means = Float64Array.from({ length: rows }, (_, row) => meanOf(y.map((values) => values[row]!)));
  const qr = qrOf([ones(rows), ...[...byTerm.values()].flat()]);
  const higher = y.length * qr.rotated(means).subarray(qr.columns).reduce((sum, left) => sum + left * left, 0);
  const between = y.length * means.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { seeds: seeds / total, higher: higher / total, noise: (total - seeds - between) / total };
}

import { analysisOfVariance, ConfoundedError, type Anova, type Configuration } from '@elucidate/statistics/anova';
import type { Interval, Reach } from '@elucidate/statistics/over-seeds';
import { seedsKey, type Trial } from '@elucidate/statistics/trial';
import { titleOf } from './axis-title.js';
import { differenceInterval } from './confidence.js';
import { ElucidateError } from './errors.js';
import { labelOf } from './labels.js';
import { metricWidth } from './metric-requests.js';
import { varyingIn, type GridAxes } from './plot-axes.js';
import { onScale, scaleOf, type AskedScale, type ScoreScale } from './score-scale.js';
import type { ScoreBasis } from './score-basis.js';

/** A configuration that has all its trials. */
export interface ScoredCell {
  /** The place of its value on each dimension of the grid. */
  place: readonly number[];
  trials: readonly Trial[];
}

/** What one parameter, or two together beyond what each does alone, does to a metric. */
export interface ParameterEffect {
  /** One key of a configuration, or two. */
  parameters: readonly string[];
  /** "noise schedule", "sampler x steps". */
  title: string;
  degreesOfFreedom: number;
  /** Standard deviation of the metric between configurations that it makes, on the scale. */
  spread: number;
  spreadInterval: Interval | null;
  /** Eta squared. */
  share: number;
  f: number | null;
  errorDegreesOfFreedom: number | null;
  p: number | null;
  /** p adjusted for the number of effects (Holm). */
  adjustedP: number | null;
  /** Partial omega squared. */
  omega: number | null;
  omegaInterval: Interval | null;
}

/** How far a value of a parameter, or a pair of values, is from the mean of all, on the scale. */
export interface ValueEffect {
  parameters: readonly string[];
  /** One for each parameter. */
  labels: readonly string[];
  deviation: number;
  interval: Interval | null;
}

/** What matters in a sweep. */
export interface SweepEffects {
  sweepId: string;
  sweepName: string;
  metric: string;
  scale: ScoreScale;
  /** Mean of all trials, on the scale. */
  mean: number;
  n: number | null;
  evaluator: string | null;
  /** What the scores rest on. */
  basis: ScoreBasis | null;
  /** Real-data baseline of the metric at the same n. */
  real: number | null;
  /** Configurations with all their trials. */
  configurations: number;
  /** Others: not scored yet, not wholly, diverged, or scored by another evaluator. */
  incomplete: number;
  trainingRuns: number;
  samples: number;
  reach: Reach | null;
  /** Whether every combination of the values is there. */
  full: boolean;
  /** What varies, with its values in the order of the grid. */
  parameters: readonly { key: string; title: string; labels: readonly string[] }[];
  /** The largest first. */
  effects: readonly ParameterEffect[];
  values: readonly ValueEffect[];
  /** Pairs of parameters whose interaction is not estimated, with the pairs of values that are missing; the first of many. */
  leftOut: readonly { parameters: readonly [string, string]; missing: readonly (readonly [string, string])[] }[];
  rest: Anova['rest'];
}

export interface EffectsSource extends Pick<SweepEffects, 'sweepId' | 'sweepName' | 'metric' | 'n' | 'evaluator' | 'basis' | 'real' | 'incomplete'> {
  axes: GridAxes;
  cells: readonly ScoredCell[];
}

/** Missing pairs of values that are named. */
const mostNamed = 8;

/** A parameter that varies among the cells: which dimension, and its values that they have. */
interface Factor {
  key: string;
  title: string;
  dimension: number;
  /** Places of the values on the axis, ascending. */
  places: readonly number[];
  labels: readonly string[];
}

function factorsOf(axes: GridAxes, cells: readonly ScoredCell[]): Factor[] {
  return varyingIn(axes).map((key): Factor => {
    const { values, dimension } = axes.get(key)!;
    const places = [...new Set(cells.map(({ place }) => place[dimension! - 1]!))].sort((a, b) => a - b);
    return { key, title: titleOf(key), dimension: dimension! - 1, places, labels: places.map((place) => labelOf(key, values[place])) };
  }).filter(({ places }) => places.length > 1);
}

/** Trials at the pairs of seeds that all cells have. */
function atCommonSeeds(cells: readonly ScoredCell[]): ScoredCell[] {
  const common = cells.map(({ trials }) => new Set(trials.map(seedsKey))).reduce((both, own) => new Set([...both].filter((seeds) => own.has(seeds))));
  return cells.map((cell) => ({ ...cell, trials: cell.trials.filter((trial) => common.has(seedsKey(trial))) }));
}

/** Main effects and interactions of what a sweep varies. Throws 'request.invalid' if too little is scored, or parameters vary together. */
export function effectsOf({ axes, cells: scored, ...source }: EffectsSource, asked: AskedScale): SweepEffects {
  const { sweepId, metric } = source;
  const factors = factorsOf(axes, scored);
  if (factors.length === 0) throw new ElucidateError('request.invalid', `Sweep ${sweepId}: ${scored.length} of its configurations have all their trials of ${metric}, and they differ on no parameter, so there are no effects to compare${source.incomplete === 0 ? '' : `; \`elucidate leaderboard ${sweepId}\` says what the other ${source.incomplete} lack`}`);
  const cells = atCommonSeeds(scored);
  if (cells[0]!.trials.length === 0) throw new ElucidateError('request.invalid', `Sweep ${sweepId}: its configurations have no seeds in common, so they cannot be compared; add seeds with \`elucidate extend\``);
  const scale = scaleOf(asked, cells, metric);
  const configurations = cells.map(({ place, trials }): Configuration => ({
    levels: factors.map(({ dimension, places }) => places.indexOf(place[dimension]!)), trials: trials.map((trial) => ({ ...trial, value: onScale(scale, trial.value) })),
  }));
  const found = analysed(configurations, factors, sweepId);
  const keysOf = (term: readonly number[]): string[] => term.map((factor) => factors[factor]!.key);
  return {
    ...source, scale, mean: found.mean, configurations: found.configurations, trainingRuns: found.trainingRuns, samples: found.samples, reach: found.reach, full: found.full,
    parameters: factors.map(({ key, title, labels }) => ({ key, title, labels })),
    effects: found.effects.map(({ term, ...effect }): ParameterEffect => ({ parameters: keysOf(term), title: term.map((factor) => factors[factor]!.title).join(' x '), ...effect, spreadInterval: scale === 'log' ? effect.spreadInterval : spreadWithin(metric, effect.spreadInterval) })).sort((a, b) => b.share - a.share),
    values: found.levels.map(({ term, levels, deviation }): ValueEffect => ({ parameters: keysOf(term), labels: levels.map((level, i) => factors[term[i]!]!.labels[level]!), deviation: deviation.mean, interval: scale === 'log' ? deviation.interval : differenceInterval(metric, deviation.interval) })),
    leftOut: found.leftOut.map(({ term: [a, b], missing }) => ({ parameters: [factors[a]!.key, factors[b]!.key], missing: missing.slice(0, mostNamed).map(([one, other]) => [factors[a]!.labels[one]!, factors[b]!.labels[other]!] as const) })),
    rest: found.rest,
  };
}

/** The standard deviation of values is at most half of what they span (Popoviciu 1935). */
const spreadWithin = (metric: string, interval: Interval | null): Interval | null => interval && { low: interval.low, high: Math.min(interval.high, metricWidth(metric) / 2) };

function analysed(configurations: readonly Configuration[], factors: readonly Factor[], sweepId: string): Anova {
  try {
    return analysisOfVariance(configurations, factors.map(({ places }) => places.length));
  } catch (cause) {
    if (!(cause instanceof ConfoundedError)) throw cause;
    const { title } = factors[cause.factor]!;
    throw new ElucidateError('request.invalid', `Sweep ${sweepId}: in its ${configurations.length} configurations with all their trials, ${title} varies together with ${factors.slice(0, cause.factor).map((factor) => factor.title).join(', ')}, so that their effects cannot be told apart; \`elucidate ladder ${sweepId}\` compares chosen configurations one by one`, { cause });
  }
}

import { holm } from '@elucidate/statistics/holm';
import { overSeeds, type Interval } from '@elucidate/statistics/over-seeds';
import { paired } from '@elucidate/statistics/paired';
import type { Trial } from '@elucidate/statistics/trial';
import { confidenceOf, differenceInterval } from './confidence.js';
import type { ScoredCell } from './effects.js';
import { ElucidateError } from './errors.js';
import { labelOf } from './labels.js';
import { varyingIn, type GridAxes } from './plot-axes.js';
import { onScale, scaleOf, type AskedScale, type ScoreScale } from './score-scale.js';
import type { Difference } from './tables.js';
import type { ScoreBasis } from './score-basis.js';

/** A configuration that has all its trials, by its id. */
export interface LadderCell extends ScoredCell {
  cellId: string;
}

/**
 * Which configurations, in which order: `chain`, each beside the one before it, as EDM's Table 2 has A to F; `star`, all that differ from
 * the first in one parameter, each beside it.
 */
export type LadderShape = 'chain' | 'star';

/** One configuration of a ladder. */
export interface LadderStep {
  cellId: string;
  /** What it changes of the one before it, or, in a star, of the first; none for the first. */
  changes: readonly { parameter: string; from: string; to: string }[];
  mean: number;
  /** 95 % interval of the mean over new seeds; null for a single trial. */
  interval: Interval | null;
  /** It less the one before it, at the same seeds, on the scale, p by Holm for all steps; null for the first, in a star, and without common seeds. */
  toPrevious: Difference | null;
  /** It less the first. */
  toFirst: Difference | null;
}

/** An ablation ladder: from a configuration, one change at a time. */
export interface Ladder {
  sweepId: string;
  sweepName: string;
  metric: string;
  shape: LadderShape;
  scale: ScoreScale;
  n: number | null;
  evaluator: string | null;
  /** What the scores rest on. */
  basis: ScoreBasis | null;
  /** Real-data baseline of the metric at the same n. */
  real: number | null;
  /** Configurations of the sweep that lack trials, or of which one diverged. */
  incomplete: number;
  steps: readonly LadderStep[];
}

export interface LadderSource extends Pick<Ladder, 'sweepId' | 'sweepName' | 'metric' | 'n' | 'evaluator' | 'basis' | 'real' | 'incomplete' | 'shape'> {
  axes: GridAxes;
  /** In order; a star's centre first. */
  cells: readonly LadderCell[];
}

/** Steps of a ladder: more cannot be read. */
export const mostSteps = 60;

/** The parameters on which two configurations differ, with their values. */
export function changesBetween(axes: GridAxes, from: ScoredCell, to: ScoredCell): LadderStep['changes'] {
  return varyingIn(axes).flatMap((parameter) => {
    const { values, dimension } = axes.get(parameter)!;
    const [before, after] = [from, to].map(({ place }) => place[dimension! - 1]!);
    return before === after ? [] : [{ parameter, from: labelOf(parameter, values[before!]), to: labelOf(parameter, values[after!]) }];
  });
}

/** The configurations that differ from one in a single parameter, in their order, after it. Throws 'request.invalid' if there is none. */
export function starAround(axes: GridAxes, centre: LadderCell, cells: readonly LadderCell[]): LadderCell[] {
  const others = cells.filter((cell) => changesBetween(axes, centre, cell).length === 1);
  if (others.length === 0) throw new ElucidateError('request.invalid', `No other configuration with all its trials differs from ${centre.cellId.slice(0, 8)} in a single parameter; name an order with --steps, by the ids that \`elucidate trials\` prints`);
  return [centre, ...others];
}

/** A ladder with paired differences. Throws 'request.invalid' for fewer than two steps, for too many, and for logarithms of scores that have none. */
export function ladderOf({ axes, cells, ...source }: LadderSource, asked: AskedScale): Ladder {
  if (cells.length < 2 || cells.length > mostSteps) throw new ElucidateError('request.invalid', `A ladder has 2 to ${mostSteps} configurations with all their trials of ${source.metric}, sweep ${source.sweepId} has ${cells.length} to compare; choose with --steps or --from`);
  const scale = scaleOf(asked, cells, source.metric);
  const scaled = cells.map(({ trials }) => trials.map((trial): Trial => ({ ...trial, value: onScale(scale, trial.value) })));
  const ended = (interval: Interval | null): Interval | null => (scale === 'log' ? interval : differenceInterval(source.metric, interval));
  const toFirst = adjusted(scaled.slice(1).map((trials) => paired(trials, scaled[0]!)), ended);
  const toPrevious = source.shape === 'star' ? [] : adjusted(scaled.slice(1).map((trials, i) => paired(trials, scaled[i]!)), ended);
  return {
    ...source, scale,
    steps: cells.map((cell, i): LadderStep => {
      const [{ mean }, { interval }] = [overSeeds(cell.trials), confidenceOf(source.metric, cell.trials)];
      const before = source.shape === 'star' ? cells[0]! : cells[i - 1];
      return { cellId: cell.cellId, changes: i === 0 ? [] : changesBetween(axes, before!, cell), mean, interval, toPrevious: toPrevious[i - 1] ?? null, toFirst: toFirst[i - 1] ?? null };
    }),
  };
}

/** Differences with p adjusted for how many there are (Holm). */
function adjusted(found: readonly ReturnType<typeof paired>[], ended: (interval: Interval | null) => Interval | null): (Difference | null)[] {
  const tested = found.flatMap((one, i) => (one?.p == null ? [] : [{ i, p: one.p }]));
  const ps = new Map(holm(tested.map(({ p }) => p)).map((p, place) => [tested[place]!.i, p]));
  return found.map((one, i) => one && { mean: one.mean, interval: ended(one.interval), trainingRuns: one.trainingRuns, samples: one.samples, p: ps.get(i) ?? null });
}

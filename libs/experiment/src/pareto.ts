import { meanOf, type Trial } from '@elucidate/statistics/trial';
import { compared, confidenceOf } from './confidence.js';
import { higherIsBetter } from './metric-requests.js';
import type { PlotWork } from './plot-work.js';
import type { ScoreBasis } from './score-basis.js';
import type { Confidence, Standing } from './tables.js';

/** One configuration: what it costs, and its scores by seed, of which there is at least one. */
export interface WorkedCell {
  cell: string;
  /** Labels of what the sweep varies. */
  labels: Readonly<Record<string, string>>;
  work: number;
  /** Lowest and highest over its trials, where it is measured. */
  workRange: { low: number; high: number } | null;
  trials: readonly Trial[];
}

/** A configuration beside the best of those that cost no more. */
export interface ParetoPoint extends Omit<WorkedCell, 'trials'> {
  mean: number;
  confidence: Confidence;
  /** No other that costs no more has a better mean. */
  onFront: boolean;
  /** To the best of its budget: told apart from it or not. */
  standing: Standing;
}

/** The best for every budget from `from` up to below `to`. */
export interface BudgetRow {
  from: number;
  /** null: without an end. */
  to: number | null;
  /** Place of the best among the points. */
  best: number;
  /** Configurations that cost less than `to`: the best was chosen among so many. */
  among: number;
  /** Places of the others that cannot be told apart from it, the cheapest first. */
  tied: readonly number[];
}

/** The Pareto front of a metric and its cost. */
export interface Pareto {
  sweepId: string;
  sweepName: string;
  metric: string;
  /** "nfe", "sampleSeconds", "totalSeconds". */
  by: string;
  /** "NFE". */
  title: string;
  /** The cheapest first; of equally expensive ones the best first. */
  points: readonly ParetoPoint[];
  budgets: readonly BudgetRow[];
  /** Configurations that are not among them: of the whole sweep those without all their trials of this evaluator and n, and those without a measured cost. */
  left: { incomplete: number; unmeasured: number };
  basis: ScoreBasis | null;
  /** On which device costs were measured; null for NFE. */
  work: PlotWork | null;
  /** Labels that were asked for. */
  fixed: Readonly<Record<string, string>>;
}

/**
 * The front, and how sure it is. The best of a budget is that with the best mean among all that cost no more; the others of that budget are compared with it at
 * common seeds, with Holm's correction for their number. A configuration stands in the comparison of the budget that it costs.
 */
export function paretoOf(metric: string, cells: readonly WorkedCell[]): Pick<Pareto, 'points' | 'budgets'> {
  const sign = higherIsBetter(metric) ? -1 : 1;
  const sorted = cells.map((cell) => ({ ...cell, mean: meanOf(cell.trials.map(({ value }) => value)) })).sort((a, b) => a.work - b.work || sign * (a.mean - b.mean));
  const front: number[] = [];
  sorted.forEach(({ mean }, i) => {
    const best = front.at(-1);
    if (best === undefined || sign * mean < sign * sorted[best]!.mean) front.push(i);
  });
  const standings: Standing[] = [];
  const budgets = front.map((best, row): BudgetRow => {
    const end = front[row + 1] ?? sorted.length;
    const found = compared(metric, sorted.slice(0, end).map(({ trials }) => trials)).standings;
    for (let i = best; i < end; i++) standings[i] = found[i]!;
    return { from: sorted[best]!.work, to: sorted[end]?.work ?? null, best, among: end, tied: found.flatMap(({ apart }, i) => (apart || i === best ? [] : [i])) };
  });
  const onFront = new Set(front);
  const points = sorted.map(({ trials, ...cell }, i): ParetoPoint => ({ ...cell, confidence: confidenceOf(metric, trials), onFront: onFront.has(i), standing: standings[i]! }));
  return { points, budgets };
}

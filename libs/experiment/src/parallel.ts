import type { PlotAxis } from './plot.js';
import type { ScoreBasis } from './score-basis.js';

/** What is counted or scored of a configuration: NFE, or a metric by its key. */
export interface ParallelMeasure {
  name: string;
  title: string;
  /** The smallest, 20 places in between at equal shares of the configurations, and the largest; empty where none has a value. Of all configurations, not only of those kept. */
  quantiles: readonly number[];
  /** Of the metric's scores; null for NFE. */
  evaluator: string | null;
  n: number | null;
  real: number | null;
}

/** One configuration across all axes. */
export interface ParallelLine {
  /** The first 12 digits of its id. */
  cell: string;
  /** On each axis, the place of its value among the axis' values; -1: it has none. */
  places: readonly number[];
  /** Of each measure; null: no score, or all of its trials diverged. */
  measures: readonly (number | null)[];
}

/** The configurations of a sweep in parallel coordinates. */
export interface ParallelPlot {
  sweepId: string;
  sweepName: string;
  /** Of the parameters that vary. */
  axes: readonly PlotAxis[];
  measures: readonly ParallelMeasure[];
  /** The best first, by the first metric. */
  lines: readonly ParallelLine[];
  /** In the sweep; of these what is kept; of those the lines here: of more than fit, half are the best, half evenly from the rest of the grid. */
  configurations: { all: number; kept: number; drawn: number };
  /** What the scores of the first metric rest on. */
  basis: ScoreBasis | null;
}

/** Which configurations are kept: those with one of the labels of every path, and within every range, both ends included. */
export interface KeepRequest {
  /** "sampler" -> ["heun", "ddim(eta 0)"]. */
  keep: Readonly<Record<string, readonly string[]>>;
  /** A metric's key, or "nfe"; null: no end. */
  within: Readonly<Record<string, { low: number | null; high: number | null }>>;
}

export const keepAll: KeepRequest = { keep: {}, within: {} };

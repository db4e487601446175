import type { Trial } from '@elucidate/statistics/trial';
import type { PlotWork, Seconds } from './plot-work.js';
import type { ScoreBasis } from './score-basis.js';
import type { Confidence, Estimate } from './tables.js';

/** Which numbers of a sweep to draw, and along what. */
export interface PlotRequest {
  /** A metric's key; defaults to the first that the sweep requests. */
  metric?: string | undefined;
  /** Each an axis, as `axisNamesText` says; absent: chosen by what varies; `none`: none. */
  x?: string | undefined;
  /** A second axis: a heat map, whose colour is the metric. */
  y?: string | undefined;
  /** One line for each of its values. */
  lines?: string | undefined;
  /** One panel for each of its values. */
  facets?: string | undefined;
  /** Path -> label, "sampler" -> "heun", "sampler.kind" -> "heun". */
  fixed?: Readonly<Record<string, string>> | undefined;
  /** Of what the picture does not show: `same`, the default, one choice for all of its points; `best`, at each point that of the best configuration. */
  rest?: 'same' | 'best' | undefined;
}

/** What is along one direction of a picture. */
export interface PlotAxis {
  /** "inputScale", "sampler.kind", "nfe", "sampleSeconds". */
  path: string;
  /** "input scale b". */
  title: string;
  /** Its values have a place on a number line; else they are labels. */
  numeric: boolean;
  /** In the order of the grid, or ascending. */
  values: readonly (number | string)[];
}

/** One place of a picture: the configurations there, over their seeds. */
export interface PlotPoint {
  x: number | string;
  /** Of a heat map. */
  y: number | string | null;
  line: string | null;
  facet: string | null;
  /** Of an x axis that is measured, lowest and highest over the trials; else null. */
  across: { low: number; high: number } | null;
  /** Over all trials of its configurations; null: all of them diverged. */
  mean: number | null;
  min: number | null;
  max: number | null;
  /** Trials counted. */
  count: number;
  diverged: number;
  /** Configurations that it is the mean of. */
  cells: number;
  /** Id of the only configuration; null if there are several. */
  cell: string | null;
  /** Scored configurations that it is the best of, where the picture has the best of each place. */
  among?: number | undefined;
  /** How sure the mean is over new seeds; null where that cannot be told. */
  confidence: Confidence | null;
  /** Single scores; of several configurations, what each pair of seeds gave on average. Empty where these were not read, or do not have the same seeds. */
  trials: readonly Trial[];
}

/** The numbers of a picture of a sweep: a metric along one or two axes. */
export interface MetricPlot {
  sweepId: string;
  sweepName: string;
  metric: string;
  x: PlotAxis;
  y: PlotAxis | null;
  lines: PlotAxis | null;
  facets: PlotAxis | null;
  points: readonly PlotPoint[];
  /** What else varies in the sweep, and where it is fixed here. Labels by parameter. */
  fixed: Readonly<Record<string, string>>;
  /** `fixed` of these was not asked for: the fullest choice, then the one with the best mean. */
  chosen: readonly string[];
  /** Present where each point is the best of its place: the parameters that it is the best over. */
  bestOver?: readonly string[] | undefined;
  /** Configurations drawn, of so many that the picture could have: the others have no score yet, or none that compares. */
  cells: { drawn: number; selected: number };
  /** Configurations left out because their score has another evaluator or n. */
  incomparable: number;
  /** Generated images per trial that the metric is computed from. */
  n: number | null;
  evaluator: string | null;
  /** What the scores rest on. */
  basis: ScoreBasis | null;
  /** On which device the x axis was measured; null for one that is not. */
  work: PlotWork | null;
  /** Real-data baseline of the metric at the same n. */
  real: number | null;
}

/** What is known of one configuration. */
export interface PlotCell {
  cellId: string;
  /** The place of its value on each dimension of the grid. */
  place: readonly number[];
  nfe: number | null;
  /** What its trials took on the device of the picture, where that is an axis. */
  seconds: Seconds | null;
  /** null: none that compares. */
  estimate: Pick<Estimate, 'min' | 'max' | 'count' | 'diverged' | 'n' | 'real'> & { mean: number | null } | null;
  /** It has a score, but of another evaluator or n. */
  incomparable: boolean;
  /** Scored configurations at its place that it is the best of; absent: it is one of all that were found. */
  among?: number | undefined;
}

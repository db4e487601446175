import type { Estimate } from './tables.js';

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
}

/** What is along one direction of a picture. */
export interface PlotAxis {
  /** "inputScale", "sampler.kind", "nfe". */
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
  /** Over all trials of its configurations; null: all of them diverged. */
  mean: number | null;
  min: number | null;
  max: number | null;
  /** Trials counted. */
  count: number;
  diverged: number;
  /** Configurations that it is the mean of. */
  cells: number;
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
  /** Configurations drawn, of so many that the picture could have: the others have no score yet, or none that compares. */
  cells: { drawn: number; selected: number };
  /** Configurations left out because their score has another evaluator or n. */
  incomparable: number;
  /** Generated images per trial. */
  n: number | null;
  evaluator: string | null;
  /** What features are compared: "standard", "random". */
  extractor: string | null;
  /** Real-data baseline of the metric at the same n. */
  real: number | null;
}

/** What is known of one configuration. */
export interface PlotCell {
  /** The place of its value on each dimension of the grid. */
  place: readonly number[];
  nfe: number | null;
  /** null: none that compares. */
  estimate: Pick<Estimate, 'min' | 'max' | 'count' | 'diverged' | 'real'> & { mean: number | null } | null;
  /** It has a score, but of another evaluator or n. */
  incomparable: boolean;
}

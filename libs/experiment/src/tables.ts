import type { AblationName } from './ablations.js';

/** One metric of one configuration over its trials. Trials that diverged are counted separately and affect nothing else. */
export interface Estimate {
  mean: number;
  /** Sample standard deviation over trials; null below two. */
  stddev: number | null;
  min: number;
  max: number;
  /** Trials counted. */
  count: number;
  /** Trials whose score is not a number. */
  diverged: number;
  /** Generated images per trial that it is computed from. */
  n: number | null;
  /** Real-data baseline: the same metric of as many real images. Null for a metric without one. */
  real: number | null;
}

/** One ablation table of one sweep, as the papers print them: two axes, all other parameters fixed. */
export interface AblationTable {
  name: AblationName;
  sweepId: string;
  /** The metric's key: "fid", "fid@256". */
  metric: string;
  /** "noise schedule", "input scale b", "sampler", "discretisation". */
  rowAxis: string;
  columnAxis: string;
  rows: readonly string[];
  columns: readonly string[];
  /** [row][column]; null where no trial has ended. */
  cells: readonly (readonly (Estimate | null)[])[];
  /** The parameters the table keeps fixed, "sampler" -> "heun". */
  fixed: Readonly<Record<string, string>>;
  /** Choices for requesting another table of this name: the labels of each fixed parameter that has more than one, in the grid's order. Not every combination need exist. */
  choices: Readonly<Record<string, readonly string[]>>;
  /** Generated images per trial. */
  n: number | null;
  /** Evaluator fingerprints found in it; more than one means its entries are not comparable. */
  evaluators: readonly string[];
  /** Real-data baseline of the metric at the same n. */
  real: number | null;
}

/** One configuration of a sweep, over its seeds. */
export interface LeaderboardEntry {
  sweepId: string;
  cellId: string;
  config: Readonly<Record<string, unknown>>;
  /** Metric key -> its estimate; a metric of which no trial has a finite value is absent. */
  metrics: Readonly<Record<string, Estimate>>;
  /** Generated images per trial. */
  n: number | null;
  nfe: number | null;
  evaluator: string | null;
  trainSeeds: readonly number[];
  sampleSeeds: readonly number[];
  /** Noise levels of its sampling outside the range that its network was trained on; null until it was sampled. */
  noiseLevelsOutOfRange: number | null;
}

export interface LeaderboardRow extends LeaderboardEntry {
  /** Rank by the mean of the ranking metric, among rows with the same evaluator and n; null until a trial has ended. */
  rank: number | null;
}

/** A page of a leaderboard. */
export interface LeaderboardPage {
  /** What all rows of the page agree on; with it, a row's `config` is whole. */
  fixed: Readonly<Record<string, unknown>>;
  /** In order; the next page may go on with the last group. */
  groups: LeaderboardGroup[];
  /** null on the last page. */
  nextCursor: string | null;
}

/** Rows that may be ranked together, best first. */
export interface LeaderboardGroup {
  evaluator: string | null;
  n: number | null;
  /** Key of the ranking metric; null before any trial has ended. */
  metric: string | null;
  rows: LeaderboardRow[];
}

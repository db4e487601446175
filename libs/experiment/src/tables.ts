import type { AblationName } from './ablations.js';
import type { StageParams } from './stages.js';

/** What a table's cell holds: the mean over seeds, its sample standard deviation (null below two), the best single trial. */
export interface Estimate {
  mean: number;
  spread: number | null;
  min: number;
  /** Trials counted. */
  count: number;
}

export type ScoreMetric = StageParams<'score'>['metrics'][number];

/** One ablation table of one sweep, as the papers print them: two axes, all other parameters held. */
export interface AblationTable {
  name: AblationName;
  sweepId: string;
  metric: ScoreMetric;
  /** "noise schedule", "input scale b", "sampler", "discretisation". */
  rowAxis: string;
  columnAxis: string;
  rows: readonly string[];
  columns: readonly string[];
  /** [row][column]; null where no trial has ended. */
  cells: readonly (readonly (Estimate | null)[])[];
  /** The parameters the table holds fixed, "sampler" -> "heun". */
  held: Readonly<Record<string, string>>;
  /** What another table of this name can be asked for: the labels of each held parameter that has more than one, in the grid's order. Not every combination need exist. */
  choices: Readonly<Record<string, readonly string[]>>;
  /** Generated images per trial. */
  n: number | null;
  /** Evaluator fingerprints found in it; more than one means its entries are not comparable. */
  evaluators: readonly string[];
  /** Real-vs-real value of the metric at the same n. */
  floor: number | null;
}

/** One configuration of a sweep, over its seeds. */
export interface LeaderboardRow {
  sweepId: string;
  cellId: string;
  /** By mean FID among rows of the same evaluator and n; null until a trial has ended. */
  rank: number | null;
  config: Readonly<Record<string, unknown>>;
  fid: Estimate | null;
  kid: Estimate | null;
  n: number | null;
  nfe: number | null;
  evaluator: string | null;
  trainSeeds: readonly number[];
  sampleSeeds: readonly number[];
  fidFloor: number | null;
  kidFloor: number | null;
  /** Levels of the walk outside the stretch that its network was trained on; null until it was sampled. */
  levelsOutsideTraining: number | null;
}

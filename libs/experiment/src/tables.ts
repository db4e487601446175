import type { Correction } from '@elucidate/statistics/compare-with-best';
import type { Interval, Reach } from '@elucidate/statistics/over-seeds';
import type { AblationName } from './ablations.js';
import type { ScoreBasis } from './score-basis.js';

/** How sure a mean over seeds is. */
export interface Confidence {
  /** Train seeds among the trials counted. */
  trainingRuns: number;
  /** Sample seeds among them. */
  samples: number;
  /** 95 % interval of the mean over new seeds; null for a single trial, or for seeds of which too few were combined. */
  interval: Interval | null;
  /** What the interval is about; null without one. */
  reach: Reach | null;
  /** What the best of three trials is on average, whatever seeds they have; null below three. EDM reports the lowest of three evaluations of one network. */
  bestOfThree: number | null;
  /** Present where one configuration is asked for. */
  spread?: SeedSpread | undefined;
}

/** What the trials of one configuration vary by. */
export interface SeedSpread {
  /** Standard deviation between training runs; null with one. With a single sample seed what is left is in it. */
  trainingRuns: number | null;
  /** Standard deviation between sample seeds; null with one. With a single train seed what is left is in it. */
  samples: number | null;
  /** What neither explains; null where it cannot be told from them. */
  rest: number | null;
  /** 95 % interval of the mean by the bootstrap, over training runs and then their samples. It is too narrow for few training runs. */
  bootstrap: Interval;
}

/** One configuration less another, over the seeds that both have. */
export interface Difference {
  mean: number;
  /** 95 % interval of this difference alone. */
  interval: Interval | null;
  trainingRuns: number;
  samples: number;
  /** Two-sided p of no difference, adjusted for the number of comparisons, not for the choice of the best; null without an interval. */
  p: number | null;
}

/** Where a configuration stands to the best of those it is compared with. */
export interface Standing {
  /** Whether it can be told apart from the best; false for the best itself. */
  apart: boolean;
  /** It less the best; null for the best itself, and if they have no seeds in common. */
  toBest: Difference | null;
}

/** How the best was chosen. */
export interface Choice {
  /** Configurations that have all their trials: the best was chosen among so many. */
  among: number;
  /** Configurations that are not ranked with them, because trials are missing or diverged, or they were trained less. */
  incomplete: number;
  /** How p is adjusted for the number of comparisons. */
  correction: Correction;
  /** Configurations that cannot be told apart from the best, with the best; null where not all were compared. */
  group: number | null;
  /** The second-best; null if there is none. */
  runnerUp: RunnerUp | null;
}

export interface RunnerUp {
  /** It less the best. */
  difference: Difference | null;
  /** The smallest difference of the two that these seeds would have shown in four of five sweeps; null if unknown. */
  detectable: number | null;
  /** With so many train seeds the difference seen would be found in four of five sweeps; null if with 200 it would not, or if unknown. */
  trainingRuns: number | null;
}

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
  /** Trials that the configuration is to have, by the plan; absent if not known. */
  trials?: number | undefined;
  /** Absent where single trials were not read. */
  confidence?: Confidence | undefined;
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
  /** [row][column]: why an entry has no score, "3 of 3 diverged"; null for others. Absent where there is nothing to say. */
  lost?: readonly (readonly (string | null)[])[] | undefined;
  /** [row][column]: each among the complete entries of its column; null for others. Absent where single trials were not read. */
  standings?: readonly (readonly (Standing | null)[])[] | undefined;
  /** The parameters the table keeps fixed, "sampler" -> "heun". */
  fixed: Readonly<Record<string, string>>;
  /** Choices for requesting another table of this name: the labels of each fixed parameter that has more than one, in the grid's order. Not every combination need exist. */
  choices: Readonly<Record<string, readonly string[]>>;
  /** Generated images per trial. */
  n: number | null;
  /** Fingerprint of the evaluator of all its entries; null where nothing is scored. */
  evaluator: string | null;
  /** Real-data baseline of the metric at the same n. */
  real: number | null;
  /** What its numbers, all of one evaluator and n, rest on; null where nothing is scored. */
  basis: ScoreBasis | null;
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
  /** Of the trials that are counted; of a row without any, those that it is to have. */
  trainSeeds: readonly number[];
  sampleSeeds: readonly number[];
  /** Noise levels of its sampling outside the range that its network was trained on; null until it was sampled. */
  noiseLevelsOutOfRange: number | null;
}

export interface LeaderboardRow extends LeaderboardEntry {
  /** Rank by the mean of the ranking metric, among complete rows with the same evaluator and n; null for others. */
  rank: number | null;
  /** Why it is not ranked: "2 of 3 trials", "1 of 3 diverged"; absent for a ranked row. */
  notRanked?: string | undefined;
  /** Absent for a row that is not ranked. */
  standing?: Standing | undefined;
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
  /** What the scores of each of its metrics rest on; empty where nothing is scored. */
  bases: readonly ScoreBasis[];
  /** Absent where nothing is ranked. */
  choice?: Choice | undefined;
}

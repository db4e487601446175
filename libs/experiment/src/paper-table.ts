/** A published table, as a list of them shows it. */
export interface PaperSummary {
  /** "chen2023-table3". */
  id: string;
  /** "Chen 2023, Table 3". */
  source: string;
  title: string;
  citation: string;
  url: string;
  /** Which correction of the data it is, from 1. */
  edition: number;
  /** Figures in it; repeats count. */
  figures: number;
}

export interface PaperColumn {
  name: string;
  metric: string;
  /** Heading of the column that has our figures; columns of one heading share it. Null: none of ours correspond. */
  here: string | null;
  /** "as shown" or "corrected". */
  variant: string | null;
}

/** One of our configurations in a published entry's place. */
export interface PaperCounterpart {
  cellId: string;
  mean: number | null;
  /** 95 % interval of the mean over training runs; null below two. */
  low: number | null;
  high: number | null;
  /** The mean of each training run. */
  trainingMeans: readonly number[];
  trials: number;
  diverged: number;
  /** Trials in the sweep. */
  planned: number;
  /** Images it is computed from. */
  n: number | null;
  nfe: number | null;
  dataset: string | null;
  resolution: number | null;
  /** With the pixel range it was fed, if that is not [-1, 1]; null for a loss. */
  extractor: string | null;
  /** Images seen in training. */
  images: number | null;
  /** All trials have ended and none diverged: only such are ranked. */
  complete: boolean;
  /** By the paper's own rule, among ours; the only one of a column is not. */
  bold: boolean | null;
  /** Ours minus theirs; null if they are not comparable. */
  difference: number | null;
  /** Why the two values cannot be compared: "other data set (imagenet, here fashion-mnist), ...". Null if they can. */
  notComparable: string | null;
  ownRank: number | null;
  publishedRank: number | null;
  /** Kendall's tau-b of the column's complete entries, ours against theirs, and its 95 % interval over rows. */
  tau: number | null;
  tauLow: number | null;
  tauHigh: number | null;
  tauRows: number;
  verdict: string;
}

/** A published entry, and ours beside it. */
export interface PaperEntry {
  /** As published; several are repeats of one setting. */
  values: readonly number[];
  /** As printed; null: not recorded. */
  bold: boolean | null;
  protocol: string;
  dataset: string | null;
  resolution: number | null;
  extractor: string | null;
  n: number | null;
  nfe: number | null;
  /** Which images a loss is of. */
  split: string | null;
  /** Images seen in training. */
  images: number | null;
  note: string | null;
  ours: PaperCounterpart | null;
}

/** Whose figures stand beside the paper's. */
export interface PaperSweep {
  id: string;
  name: string;
  evaluators: readonly string[];
  /** Our real-data baseline, by metric. */
  real: Readonly<Record<string, number>>;
  /** What the cells shown agree on besides the table's axes. */
  fixed: Readonly<Record<string, string>>;
  /** How many tables the sweep has by other fixed values, this one included. */
  groups: number;
}

/** A table of a paper, laid out as there. */
export interface PublishedTable extends PaperSummary {
  rowTitle: string;
  boldRule: string;
  /** Entries within this fraction of the best of their column are bold; null: none is. */
  boldWithin: number | null;
  notes: readonly string[];
  rows: readonly string[];
  columns: readonly PaperColumn[];
  /** [row][column]; null where the paper has none. */
  entries: readonly (readonly (PaperEntry | null)[])[];
  /** Null: no sweep was found that has any of its configurations scored. */
  sweep: PaperSweep | null;
}

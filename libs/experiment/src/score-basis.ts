/** Against which images scores are made. */
export interface ReferenceFacts {
  /** "fashion-mnist", or a folder by its contents. */
  dataset: string;
  split: string;
  /** Images. */
  size: number;
  resolution: number;
}

/** The facts that decide what a score means, and with which others it compares: those of an evaluator's fingerprint, as far as they are recorded, and n. */
export interface ScoreFacts {
  /** "fid", "fid@256". */
  metric: string;
  /** Generated images. */
  n: number | null;
  /** The kind of extractor: standard, trained, random, identity. */
  extractor: string | null;
  /** sha256 of its weights. */
  weights: string | null;
  /** The data set that its weights were trained on; null: on none, or not known. */
  trainedOn: string | null;
  layer: string | null;
  /** Features of an image. */
  features: number | null;
  /** Pixels as it sees them: "[-1, 1]", "data units". */
  inputRange: string | null;
  resize: string | null;
  reference: ReferenceFacts | null;
  /** Version of the metrics' arithmetic. */
  implementation: number | null;
  /** The real-data baseline, and the real images that it is computed from. */
  real: { value: number; n: number | null } | null;
  /** The best score that stands beside it. */
  best: number | null;
  /** Half of the 95 % interval over new images of the same generator, of a metric that has one: `fidinf`. */
  margin?: number | null | undefined;
}

/** Scores of one evaluator and n, and of how many configurations. */
export interface ScoreGroup {
  evaluator: string | null;
  /** Generated images. */
  n: number | null;
  configurations: number;
}

/** Which scores of a metric are requested; by default those of the most images. */
export interface AskedScores {
  /** Generated images. */
  n?: number | undefined;
  /** The fingerprint, or its first digits. */
  evaluator?: string | undefined;
}

/** What scores rest on, in words: what every table, caption and picture prints, and nothing else decides. */
export interface ScoreBasis extends ScoreFacts {
  /** Fingerprint of the evaluator: scores of two never compare. */
  evaluator: string | null;
  /** "standard features against 10,000 test images of fashion-mnist at 16x16". */
  words: string;
  /** What makes these scores weak, each a clause; empty where nothing is known to. */
  weak: readonly string[];
  /** Scores of the same metric and sweep that are left out, because they are of another evaluator or n. */
  leftOut: readonly ScoreGroup[];
}

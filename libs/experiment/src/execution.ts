import type { StageKind } from './stages.js';

/** Messages between a worker and the process that runs a stage. They carry paths of files, never bytes. */

/** The file of a training's output folder, replaced as a whole, that shows what its network makes of images so far: a PNG. It is no output. */
export const previewFile = 'preview.png';

export interface StageTask {
  stageId: string;
  kind: StageKind;
  codeVersion: number;
  params: unknown;
  /** input name -> output name -> absolute path of a file to read; `start`, of a training: the state of a shorter one that it may go on from. */
  inputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** For checkpoints, kept between attempts of this stage; may not exist yet. */
  checkpointDir: string;
  /** Outputs are written here, but for the name `in`. */
  outDir: string;
  /** Of a training: its state at the end is an output too, for a longer one to go on from. */
  keepState?: boolean;
}

/** One number computed by a stage, together with everything needed to compare it (design decision 5). */
export interface Metric {
  /** A score's key (metricKey), that with _real or _trajectory, or nfe, loss, accuracy, images_per_second ... */
  name: string;
  value: number;
  /** Standard deviation of the estimate itself (KID over subsets), when it has one. */
  stddev?: number;
  /** Number of generated images it is computed from. */
  n?: number;
  /** Evaluator fingerprint: sha256 over weights, layer, input range, resize, reference split and size. */
  evaluator?: string;
  details?: Readonly<Record<string, unknown>>;
}

export interface OutputFile {
  path: string;
  mediaType: string;
}

/** Device, engine, versions: what is needed to trust a result. None of it is part of a stage's name. */
export interface Provenance {
  engine: string;
  threads: number;
  device: string;
  host: string;
  node: string;
  elucidate: string;
  /** Of a training that went on from a shorter one: images that that one had seen. */
  wentOnAfter?: number;
  /** Of a stage that a program ran: what the program said of itself, such as the version of Python and its device. */
  program?: Readonly<Record<string, string>>;
}

/** A stage's results. Its outputs, by name, are files until the holder of the lease has stored them. */
export interface StageOutcome<Output = OutputFile> {
  outputs: Readonly<Record<string, Output>>;
  metrics: readonly Metric[];
  provenance: Provenance;
}

export interface StageProgress {
  /** 0..1. */
  fraction: number;
  /** "step 120 of 400, loss 0.0812". */
  note: string;
  /** Latest numbers worth plotting. */
  values?: Readonly<Record<string, number>>;
}

export interface ExecuteHooks {
  signal: AbortSignal;
  onProgress(progress: StageProgress): void;
  onLog(line: string): void;
}

/** Runs one stage to its end; rejects with an ElucidateError whose `retryable` is true when another try can help. */
export type ExecuteStage = (task: StageTask, hooks: ExecuteHooks) => Promise<StageOutcome>;

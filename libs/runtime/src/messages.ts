import type { BackendChoice } from '@elucidate/engine/backend';
import type { Engine } from '@elucidate/engine/start';
import type { StageOutcome, StageProgress, StageTask } from '@elucidate/experiment/execution';
import type { ProgramLimits } from '@elucidate/stages/programs/limits';
import type { Failure } from '@elucidate/experiment/failure';

/** Messages over IPC (JSON) between the process that owns the pool and a child that computes. */

/** Setup of a child, passed once, as its only argument. */
export interface ChildSetup {
  /** An engine, or 'auto' for the first available one. */
  readonly backend: BackendChoice;
  readonly threads: number;
  /** ELUCIDATE_HOME: where data sets are unpacked. */
  readonly home: string;
  /** Time between checkpoints of a training run; the stage's default if absent. */
  readonly checkpointEveryMs?: number;
  /** What programs may use. Default: what the environment says. */
  readonly programs?: ProgramLimits;
}

export type ToChild =
  | { readonly type: 'run'; readonly task: StageTask }
  | { readonly type: 'abort' };

export type FromChild =
  /** The engine is up. */
  | { readonly type: 'ready'; readonly engine: Engine }
  /** The engine is unavailable; the child ends. */
  | { readonly type: 'unusable'; readonly error: Failure }
  | { readonly type: 'progress'; readonly progress: StageProgress }
  | { readonly type: 'log'; readonly line: string }
  | { readonly type: 'done'; readonly outcome: StageOutcome }
  /** `spent`: the engine is no longer usable, and neither is the child. */
  | { readonly type: 'failed'; readonly error: Failure; readonly spent: boolean };

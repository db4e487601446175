import type { BackendChoice } from '@elucidate/engine/backend';
import type { Engine } from '@elucidate/engine/start';
import type { StageOutcome, StageProgress, StageTask } from '@elucidate/experiment/execution';
import type { Failure } from '@elucidate/experiment/failure';

/** What the process that holds the pool and a child that computes tell each other over IPC (JSON). */

/** How a child is set up, given once, as its only argument. */
export interface ChildSetup {
  /** An engine, or 'auto' for the first that is here. */
  readonly backend: BackendChoice;
  readonly threads: number;
  /** ELUCIDATE_HOME: where data sets are unpacked. */
  readonly home: string;
  /** Time between the checkpoints of a training; its own default when absent. */
  readonly checkpointEveryMs?: number;
}

export type ToChild =
  | { readonly type: 'run'; readonly task: StageTask }
  | { readonly type: 'abort' };

export type FromChild =
  /** The engine is up. */
  | { readonly type: 'ready'; readonly engine: Engine }
  /** The engine is not to be had; the child ends. */
  | { readonly type: 'unusable'; readonly error: Failure }
  | { readonly type: 'progress'; readonly progress: StageProgress }
  | { readonly type: 'log'; readonly line: string }
  | { readonly type: 'done'; readonly outcome: StageOutcome }
  /** `spent`: the engine is of no more use, and so is the child. */
  | { readonly type: 'failed'; readonly error: Failure; readonly spent: boolean };

import type { Engine } from '@elucidate/engine/start';
import type { ExecuteHooks, StageOutcome, StageTask } from '@elucidate/experiment/execution';
import type { StageKind, StageParams } from '@elucidate/experiment/stages';
import type { ProgramLimits } from './programs/limits.js';

/** What every stage is given in addition to its own task. */
export interface StageContext extends ExecuteHooks {
  readonly engine: Engine;
  /** ELUCIDATE_HOME: where data sets are unpacked. */
  readonly home: string;
  /** Time between the checkpoints of a training run; results do not depend on it. */
  readonly checkpointEveryMs?: number;
  /** Time between previews of a training run that is under way; results do not depend on it. */
  readonly previewEveryMs?: number;
  /** What programs may use; absent: without limits. */
  readonly programs?: ProgramLimits;
}

/** What a stage wrote and found; where it ran is added by its caller. */
export interface StageResults extends Omit<StageOutcome, 'provenance'> {
  /** What a program that ran the stage says of itself. */
  versions?: Readonly<Record<string, string>>;
  /** Images after which a training went on from a shorter one. */
  wentOnAfter?: number;
}

/** The files of one stage. */
export type StageFiles = Pick<StageTask, 'stageId' | 'inputs' | 'checkpointDir' | 'outDir' | 'keepState'>;

/** Does one kind of work. The same params and input files give the same output bytes on the same engine. */
export type RunStage<K extends StageKind> = (params: StageParams<K>, files: StageFiles, context: StageContext) => Promise<StageResults>;

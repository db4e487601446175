import { stageKinds } from '@elucidate/experiment/stages';
import type { PlannedStage, StageKind } from '@elucidate/experiment/stages';

/** Approximate floating-point operations per second of one single-threaded slot of the default engine: 33 to 38 GFLOP/s training `tiny` at 16x16, 51 `small` at 32x32, on an EPYC. Used until this installation has measured its own. */
export const defaultRate = 4e10;

export interface DryRun {
  name: string;
  cells: number;
  trials: number;
  stages: readonly PlannedStage[];
  /** Ids of stages that were done before. */
  done: ReadonlySet<string>;
  /** What this installation has measured; a kind that never ran is absent. */
  rates: readonly { kind: StageKind; workPerSecond: number }[];
}

export interface KindSummary {
  kind: StageKind;
  stages: number;
  /** Of these, those done by an earlier sweep. */
  alreadyDone: number;
  /** Slot time for those still to do. */
  estimatedSeconds: number;
  /** Whether the estimate rests on stages this installation has run, or on a default. */
  rateMeasured: boolean;
}

/** What a sweep would cost. */
export interface PlanSummary {
  name: string;
  cells: number;
  trials: number;
  stages: KindSummary[];
  alreadyDone: number;
  /** Slot time; divide by the number of slots in the fleet. */
  estimatedSeconds: number;
  /** `trainingRunsOnePerTrial`: the number of training runs if every trial trained its own network. */
  saving: { trainingRuns: number; trainingRunsOnePerTrial: number };
}

/** Slot-seconds a plan still needs, by kind, and what sharing stages saves compared with a separate pipeline for every trial. */
export function describePlan({ name, cells, trials, stages, done, rates }: DryRun): PlanSummary {
  const kinds = stageKinds.map((kind) => {
    const own = stages.filter((stage) => stage.kind === kind);
    const todo = own.filter(({ id }) => !done.has(id));
    const measured = rates.find((rate) => rate.kind === kind)?.workPerSecond;
    const seconds = todo.reduce((sum, { work }) => sum + work, 0) / (measured ?? defaultRate);
    return { kind, stages: own.length, alreadyDone: own.length - todo.length, estimatedSeconds: seconds, rateMeasured: measured !== undefined };
  });
  const trainingRuns = kinds.find(({ kind }) => kind === 'train')?.stages ?? 0;
  return {
    name,
    cells,
    trials,
    stages: kinds,
    alreadyDone: kinds.reduce((sum, { alreadyDone }) => sum + alreadyDone, 0),
    estimatedSeconds: kinds.reduce((sum, { estimatedSeconds }) => sum + estimatedSeconds, 0),
    saving: { trainingRuns, trainingRunsOnePerTrial: trials },
  };
}

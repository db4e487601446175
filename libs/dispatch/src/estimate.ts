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
  /** What this installation has measured, apart for the exact denoiser; a kind that has not run enough is absent. */
  rates: readonly { kind: StageKind; exact: boolean; workPerSecond: number }[];
}

export interface KindSummary {
  kind: StageKind;
  stages: number;
  /** Of these, those done by an earlier sweep. */
  alreadyDone: number;
  /** Slot time for those still to do. */
  estimatedSeconds: number;
  /** Whether all of the estimate rests on stages this installation has run; else a default has a part in it. */
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
  const exactIds = new Set(stages.filter(({ params }) => 'network' in params && 'kind' in params.network).map(({ id }) => id));
  const isExact = ({ id, inputs }: PlannedStage): boolean => exactIds.has(id) || exactIds.has((inputs as Partial<Record<string, string>>)['train'] ?? '');
  const kinds = stageKinds.map((kind) => {
    const own = stages.filter((stage) => stage.kind === kind);
    const todo = own.filter(({ id }) => !done.has(id));
    const rateOf = (stage: PlannedStage): number | undefined => rates.find((rate) => rate.kind === kind && rate.exact === isExact(stage))?.workPerSecond;
    const seconds = todo.reduce((sum, stage) => sum + stage.work / (rateOf(stage) ?? defaultRate), 0);
    return { kind, stages: own.length, alreadyDone: own.length - todo.length, estimatedSeconds: seconds, rateMeasured: own.length > 0 && own.every((stage) => rateOf(stage) !== undefined) };
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

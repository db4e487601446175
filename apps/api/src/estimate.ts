import { stageKinds } from '@elucidate/experiment/stages';
import type { PlannedStage, StageKind } from '@elucidate/experiment/stages';
import type { PlanAnswer } from './schemas/plan.js';

/** What one single-threaded slot of the default engine did per second, in floating-point operations (small network, batch 64, AVX2). Used until this installation has measured its own. */
export const defaultRate = 2e10;

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

/** Slot-seconds a plan still needs, by kind, and what sharing stages saves against a pipeline of its own for every trial. */
export function describePlan({ name, cells, trials, stages, done, rates }: DryRun): PlanAnswer {
  const kinds = stageKinds.map((kind) => {
    const own = stages.filter((stage) => stage.kind === kind);
    const todo = own.filter(({ id }) => !done.has(id));
    const measured = rates.find((rate) => rate.kind === kind)?.workPerSecond;
    const seconds = todo.reduce((sum, { work }) => sum + work, 0) / (measured ?? defaultRate);
    return { kind, stages: own.length, alreadyDone: own.length - todo.length, estimatedSeconds: seconds, rateMeasured: measured !== undefined };
  });
  const trainings = kinds.find(({ kind }) => kind === 'train')?.stages ?? 0;
  return {
    name,
    cells,
    trials,
    stages: kinds,
    alreadyDone: kinds.reduce((sum, { alreadyDone }) => sum + alreadyDone, 0),
    estimatedSeconds: kinds.reduce((sum, { estimatedSeconds }) => sum + estimatedSeconds, 0),
    saving: { trainings, trainingsOnePerTrial: trials },
  };
}

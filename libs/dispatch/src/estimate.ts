import { defaultRate } from '@elucidate/experiment/eta';
import { stageKinds } from '@elucidate/experiment/stages';
import type { PlannedStage, StageKind } from '@elucidate/experiment/stages';
import type { WhyGroup } from '@elucidate/experiment/why';

export interface DryRun {
  name: string;
  cells: number;
  trials: number;
  stages: readonly PlannedStage[];
  /** Ids of stages that were done before. */
  done: ReadonlySet<string>;
  /** What this installation has measured, apart for the exact denoiser; a kind that has not run enough is absent. */
  rates: readonly { kind: StageKind; exact: boolean; workPerSecond: number; spread?: number | null; attempts?: number }[];
  /** What will make its scores weak. */
  weak: readonly string[];
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
  /** Attempts that the rate of its first stage comes from, and the standard deviation of the logarithm of their time per operation: what an interval is made of. */
  attempts: number;
  spread: number | null;
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
  /** What will make its scores weak, in words; empty where nothing is known to. */
  weak: readonly string[];
  /** On request: why stages run, a group for each reason. */
  why?: WhyGroup[];
}

/** How long each stage of a plan takes on one slot. */
export interface SlotTimes {
  seconds(stage: PlannedStage): number;
  /** What this installation has measured of its kind; undefined where that has not run enough. */
  rate(stage: PlannedStage): DryRun['rates'][number] | undefined;
  /** Whether its seconds rest on that. */
  measured(stage: PlannedStage): boolean;
}

export function slotTimes(stages: readonly PlannedStage[], rates: DryRun['rates']): SlotTimes {
  const exactIds = new Set(stages.filter(({ params }) => 'network' in params && 'kind' in params.network).map(({ id }) => id));
  const isExact = ({ id, inputs }: PlannedStage): boolean => exactIds.has(id) || exactIds.has((inputs as Partial<Record<string, string>>)['train'] ?? '');
  const rate = (stage: PlannedStage): DryRun['rates'][number] | undefined => rates.find((one) => one.kind === stage.kind && one.exact === isExact(stage));
  return { rate, seconds: (stage) => stage.work / (rate(stage)?.workPerSecond ?? defaultRate), measured: (stage) => rate(stage) !== undefined };
}

/** Slot-seconds a plan still needs, by kind, and what sharing stages saves compared with a separate pipeline for every trial. */
export function describePlan({ name, cells, trials, stages, done, rates, weak }: DryRun): PlanSummary {
  const times = slotTimes(stages, rates);
  const kinds = stageKinds.map((kind) => {
    const own = stages.filter((stage) => stage.kind === kind);
    const todo = own.filter(({ id }) => !done.has(id));
    const seconds = todo.reduce((sum, stage) => sum + times.seconds(stage), 0);
    const rate = todo[0] && times.rate(todo[0]);
    return { kind, stages: own.length, alreadyDone: own.length - todo.length, estimatedSeconds: seconds, rateMeasured: own.length > 0 && own.every(times.measured), attempts: rate?.attempts ?? 0, spread: rate?.spread ?? null };
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
    weak,
  };
}

import { secondsAt } from '@elucidate/experiment/eta';
import type { RoundAhead } from '@elucidate/experiment/rounds-ahead';
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
  /** What the looks of its race may add. */
  ahead?: readonly RoundAhead[];
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

/** What a round of a race that is still to come costs, in slot time: it depends on which cells go on, between `low` and `high`. */
export interface RoundSummary {
  /** With halving: images of its training runs. Absent: all train seeds that are left. */
  images?: number;
  /** Cells that go on; in a race over seeds at most so many. */
  cells: number;
  /** Of how many that are in the race now. */
  among: number;
  /** Stages, at most. */
  stages: number;
  low: number;
  high: number;
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
  /** Of a race that is not over: the rounds that its looks may add. They are in no other number of the plan. */
  ahead?: RoundSummary[];
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
  return { rate, seconds: (stage) => secondsAt(rate(stage)?.workPerSecond, { stages: 1, work: stage.work }), measured: (stage) => rate(stage) !== undefined };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/**
 * What a round costs. At most: what the dearest cells that may go on cost, each by itself, or all of them with what they share. At least: each stage's time is divided among the
 * cells that need it, so that the parts of any of them cost no more than they do together; of these parts the smallest. In a race over seeds it may be that none goes on.
 */
function roundSummary({ images, cells, among, stages: all }: RoundAhead, { times, done }: { times: SlotTimes; done: ReadonlySet<string> }): RoundSummary {
  const stages = all.map((own) => own.filter(({ id }) => !done.has(id)));
  const users = new Map<PlannedStage, number>();
  for (const stage of stages.flat()) users.set(stage, (users.get(stage) ?? 0) + 1);
  const ascending = (of: (stage: PlannedStage) => number): number[] => stages.map((own) => sum(own.map(of))).sort((a, b) => a - b);
  const most = stages.map((own) => own.length).sort((a, b) => b - a);
  return {
    ...(images !== undefined && { images }), cells, among,
    stages: Math.min(users.size, sum(most.slice(0, cells))),
    low: images === undefined ? 0 : sum(ascending((stage) => times.seconds(stage) / users.get(stage)!).slice(0, cells)),
    high: Math.min(sum([...users.keys()].map(times.seconds)), sum(ascending(times.seconds).slice(-cells))),
  };
}

/** Slot-seconds a plan still needs, by kind, and what sharing stages saves compared with a separate pipeline for every trial. */
export function describePlan({ name, cells, trials, stages, done, rates, weak, ahead = [] }: DryRun): PlanSummary {
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
    ...(ahead.length > 0 && { ahead: ahead.map((round) => roundSummary(round, { times: slotTimes([...stages, ...round.stages.flat()], rates), done })) }),
  };
}

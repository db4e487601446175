import type { StageState } from '@elucidate/experiment/stages';

/**
 * The dispatch protocol as values and pure functions: what docs/protocol.md states and the functions of the database do. One transaction is one step. The model
 * checker (`npm run check:protocol`) walks through all its states; protocol.test.ts compares it with the database.
 */

export type Outcome = 'done' | 'failed' | 'expired' | 'released' | 'cancelled';

/** Where a lease or a back-off ends: it is over; it was over when the installation, which had stood still, woke up; ahead; or, after the database's clock was set back, further ahead than it can be. */
export type Until = 'past' | 'slept' | 'ahead' | 'far';

export interface StageRow {
  state: StageState;
  token: number;
  counted: number;
  /** Leases that expired, up to as many as may cost no attempt. */
  expired: number;
  /** The end of the lease of a running stage, of the back-off of a ready one. */
  until: Until;
  /** The token that the results were written under; 0: there are none. */
  results: number;
  /** False: the files of a done stage are gone. */
  files: boolean;
  /** How the attempt of each token, from 1 on, ended; null: it has not. */
  outcomes: readonly (Outcome | null)[];
}

/** A row of unsettled_sweeps. */
export interface SweepMark {
  /** From here on the stages have not been brought into line; -1: all have, but whether the sweep is over has not been looked at. */
  position: number;
  /** Stages that had ended without a result before the sweep was submitted or retried: they start again. */
  restart: number[];
}

export interface SweepRow {
  state: 'running' | 'done' | 'failed' | 'cancelled';
  /** How often it ended. */
  ends: number;
  watched: number | null;
  mark: SweepMark | null;
  paused: boolean;
  /** Of a sweep that is being stopped: the stages it still wants; null: all. */
  kept: readonly number[] | null;
  /** Stages that run at once, at most; null: any number. */
  limit: number | null;
}

/** What the database holds. */
export interface Tables {
  stages: StageRow[];
  /** unsettled_stages. */
  marks: number[];
  /** Null: not submitted yet. */
  sweeps: (SweepRow | null)[];
  /** Nobody has reconciled for long. */
  asleep: boolean;
}

/** What does not change: which stages and sweeps there are. */
export interface World {
  /** Of each stage, the earlier stages that it reads. */
  inputs: readonly (readonly number[])[];
  /** The stages of each sweep, in plan order. */
  sweeps: readonly (readonly number[])[];
  maxAttempts: number;
  /** As many expired leases of a stage cost no attempt if the whole installation stood still. */
  maxUncounted: number;
  /** The rule of the protocol that is left out. */
  without?: Rule | undefined;
}

/** Rules that can be left out, one at a time, to see that the properties need them: what the protocol then does. */
export const rules = {
  'no-token-check': 'a completion is accepted whatever its token is',
  'token-stays': 'a claim does not make the token grow',
  'lost-answer-stale': 'a completion that is repeated, because its answer was lost, is refused',
  'expiry-not-rechecked': 'a lease that was found expired is ended without looking again',
  'heartbeat-revives': 'a heartbeat makes a stage run again whose lease was lost',
  'claim-ignores-inputs': 'a claim does not look at the inputs',
  'claim-ignores-version': 'a claim does not look at the code version',
  'follower-not-readied': 'a completion does not make its followers ready',
  'followers-stay-ready': 'followers of a stage that starts again stay ready',
  'followers-not-failed': 'followers of a stage that failed permanently go on waiting',
  'lost-without-token': 'a stage whose files were missing starts again although they were made again meanwhile',
  'no-mark': 'a completion leaves no mark',
  'sweep-ends-early': 'a sweep ends with the stage it watches',
  'sweep-ends-unsettled': 'a sweep may end before its stages have been brought into line',
  'cancel-takes-shared': 'a cancelled sweep takes the stages that another one needs',
  'release-without-mark': 'a stage that is handed back leaves no mark, although an input is being made again',
  'environment-counts': 'an attempt that was handed back counts',
  'queue-not-refilled': 'the reconciler does not refill the queue',
  'times-stay': 'times that lie too far ahead stay when the clock was set back',
  'lock-without-timeout': 'a lock whose holder froze is not ended by a timeout',
  'pause-ignored': 'a claim does not look whether the sweep is paused',
  'pause-takes-shared': 'a stage of a paused sweep is not claimed for another one either',
  'stop-ignored': 'a claim does not look whether the sweep is being stopped',
  'stop-ends-running': 'a sweep that is stopped is over at once, whatever runs',
  'stop-leaves-rest': 'what a stopped sweep does not want any more is not cancelled',
  'sleep-counts': 'a lease that expired while the whole installation stood still costs an attempt',
  'waking-expires': 'the first pass after the installation stood still ends leases at once',
  'expires-unseen': 'a reconciler ends leases that expired after it looked, too',
  'choice-trusted': 'a claim does not look again at the stage that was chosen',
  'choice-holds': 'a stage that somebody has chosen is left to them for ever',
  'choice-waits': 'a claim waits for a process that is choosing, however long that takes',
  'cut-off-forgotten': 'the reconciler does not go on with a sweep whose author was cut off',
} as const;
export type Rule = keyof typeof rules;

export const isPast = (until: Until): boolean => until === 'past' || until === 'slept';

export const openStates: readonly StageState[] = ['waiting', 'ready', 'running'];
export const permanentStates: readonly StageState[] = ['failed', 'quarantined'];
export const lostStates: readonly StageState[] = [...permanentStates, 'cancelled'];

export const newStage = (): StageRow => ({ state: 'waiting', token: 0, counted: 0, expired: 0, until: 'past', results: 0, files: false, outcomes: [] });

export const newTables = ({ inputs, sweeps }: World): Tables => ({ stages: inputs.map(newStage), marks: [], sweeps: sweeps.map(() => null), asleep: false });

/** A copy to change. Rows of stages are shared: `change` replaces them. */
export const copyTables = ({ stages, marks, sweeps, asleep }: Tables): Tables => ({
  stages: [...stages], marks, asleep,
  sweeps: sweeps.map((sweep) => sweep && { ...sweep, mark: sweep.mark && { ...sweep.mark } }),
});

export function change(tables: Tables, stage: number, to: Partial<StageRow>): void {
  tables.stages[stage] = { ...stageOf(tables, stage), ...to };
}

/** How the stage's current attempt ended; null: it has begun. */
export function noteOutcome(tables: Tables, stage: number, outcome: Outcome | null): void {
  const { token, outcomes } = stageOf(tables, stage);
  change(tables, stage, { outcomes: [...outcomes.slice(0, token - 1), outcome] });
}

export function stageOf({ stages }: Tables, stage: number): StageRow {
  const found = stages[stage];
  if (found === undefined) throw new Error(`The model has no stage ${stage}`);
  return found;
}

export const stateOf = (tables: Tables, stage: number): StageState => stageOf(tables, stage).state;

export const inputsDone = (tables: Tables, { inputs }: World, stage: number): boolean => (inputs[stage] ?? []).every((input) => stateOf(tables, input) === 'done');

export const followersOf = ({ inputs }: World, stages: readonly number[]): number[] =>
  inputs.flatMap((read, stage) => (read.some((input) => stages.includes(input)) ? [stage] : []));

/** Whether a running sweep has the stage. */
export const isNeeded = ({ sweeps: rows }: Tables, { sweeps }: World, stage: number): boolean =>
  rows.some((row, sweep) => row?.state === 'running' && sweeps[sweep]?.includes(stage));

/** Whether a sweep that goes on with the stage has no limit of stages at once, or runs fewer. */
export function hasRoom(tables: Tables, world: World, stage: number): boolean {
  const running = (sweep: number): number => (world.sweeps[sweep] ?? []).filter((one) => stateOf(tables, one) === 'running').length;
  return tables.sweeps.some((row, sweep) => row !== null && world.sweeps[sweep]?.includes(stage) === true && isWanted({ ...tables, sweeps: tables.sweeps.map((one, at) => (at === sweep ? one : null)) }, world, stage)
    && (row.limit === null || running(sweep) < row.limit));
}

/** Whether a sweep that has the stage goes on with it: it runs, is not paused, and, if it is being stopped, still wants it. */
export function isWanted({ sweeps: rows }: Tables, { sweeps, without }: World, stage: number): boolean {
  const goesOn = (row: SweepRow): boolean =>
    row.state === 'running' && (!row.paused || without === 'pause-ignored') && (row.kept === null || row.kept.includes(stage) || without === 'stop-ignored');
  const having = rows.filter((row, sweep): row is SweepRow => row?.state === 'running' && sweeps[sweep]?.includes(stage) === true);
  return without === 'pause-takes-shared' ? having.length > 0 && having.every(goesOn) : having.some(goesOn);
}

/** Leaves marks: something may follow from these stages. */
export function unsettle(tables: Tables, stages: readonly number[]): void {
  tables.marks = [...new Set([...tables.marks, ...stages])].sort((a, b) => a - b);
}

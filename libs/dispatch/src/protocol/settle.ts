import { change, followersOf, inputsDone, isNeeded, lostStates, noteOutcome, openStates, permanentStates, stateOf, unsettle, type SweepRow, type Tables, type World } from './state.js';

/** What follows from the states of stages. Each function changes the tables it is given, as one transaction does; see migrations/src, "settle". */

/** Makes those of the stages ready that wait and whose inputs are all done; returns them. */
export function readyStages(tables: Tables, world: World, stages: readonly number[]): number[] {
  const readied = [...new Set(stages)].filter((stage) => stateOf(tables, stage) === 'waiting' && inputsDone(tables, world, stage));
  for (const stage of readied) change(tables, stage, { state: 'ready', until: 'past' });
  return readied;
}

/** Makes those of the stages wait that are ready although an input is not done. */
export function unreadyStages(tables: Tables, world: World, stages: readonly number[]): void {
  if (world.without === 'followers-stay-ready') return;
  const early = [...new Set(stages)].filter((stage) => stateOf(tables, stage) === 'ready' && !inputsDone(tables, world, stage));
  for (const stage of early) change(tables, stage, { state: 'waiting', until: 'past' });
  unsettle(tables, early);
}

/** Inputs that failed permanently of those of the stages that wait for them. */
const failedInputs = (tables: Tables, { inputs }: World, stages: readonly number[]): number[] =>
  stages.filter((stage) => ['waiting', 'ready'].includes(stateOf(tables, stage)))
    .flatMap((stage) => (inputs[stage] ?? []).filter((input) => permanentStates.includes(stateOf(tables, input))));

/** Fails everything that needs a stage that has failed permanently; returns what it failed. */
function failFollowers(tables: Tables, world: World, stage: number): number[] {
  if (world.without === 'followers-not-failed' || !permanentStates.includes(stateOf(tables, stage))) return [];
  const below = new Set<number>();
  for (let next = followersOf(world, [stage]); next.length > 0; next = followersOf(world, next)) next.forEach((one) => below.add(one));
  const failed = [...below].filter((one) => ['waiting', 'ready'].includes(stateOf(tables, one)));
  for (const one of failed) change(tables, one, { state: 'failed', until: 'past' });
  return failed;
}

/** Starts stages that have ended again. */
export function restartStages(tables: Tables, world: World, stages: readonly number[]): void {
  for (const stage of stages) change(tables, stage, { state: 'waiting', counted: 0, until: 'past', results: 0, files: false });
  for (const [sweep, row] of tables.sweeps.entries()) {
    if (row === null) continue;
    // what has started again since did not end before the sweep was submitted or retried
    if (row.mark !== null) row.mark.restart = row.mark.restart.filter((stage) => !stages.includes(stage));
    if (row.state === 'running' && world.sweeps[sweep]?.some((stage) => stages.includes(stage))) row.watched = null;
  }
  unsettle(tables, stages);
}

const isOpen = (tables: Tables, stage: number): boolean => openStates.includes(stateOf(tables, stage));

/** Ends a running sweep of which no stage is open; else watches its last open stage. */
export function watchSweep(tables: Tables, world: World, sweep: number): void {
  const row = tables.sweeps[sweep];
  if (row?.state !== 'running') return;
  const { kept } = row;
  const holds = (stage: number): boolean =>
    isOpen(tables, stage) && (kept === null || (world.without !== 'stop-ends-running' && (kept.includes(stage) || stateOf(tables, stage) === 'running')));
  if (row.watched !== null && holds(row.watched)) return;
  if ((row.mark?.position ?? -1) >= 0 && world.without !== 'sweep-ends-unsettled') return;
  const plan = world.sweeps[sweep] ?? [];
  const last = row.watched === null ? plan.length - 1 : plan.indexOf(row.watched);
  const open = plan.slice(0, last + 1).findLast(holds);
  if (open !== undefined && !(world.without === 'sweep-ends-early' && row.watched !== null)) row.watched = open;
  else if (kept !== null) {
    endSweep(row, 'cancelled');
    if (world.without !== 'stop-leaves-rest') row.mark = { position: 0, restart: [] };
  } else endSweep(row, plan.some((stage) => lostStates.includes(stateOf(tables, stage))) ? 'failed' : 'done');
}

export function endSweep(row: SweepRow, state: SweepRow['state']): void {
  Object.assign(row, { state, ends: row.ends + 1, watched: null, paused: false, kept: null });
}

/** Draws the consequences of the states of these stages; returns the stages that became ready. */
export function settleStages(tables: Tables, world: World, stages: readonly number[]): number[] {
  tables.marks = tables.marks.filter((stage) => !stages.includes(stage));
  const done = stages.filter((stage) => stateOf(tables, stage) === 'done');
  const failed = stages.filter((stage) => permanentStates.includes(stateOf(tables, stage)));
  const undone = stages.filter((stage) => stateOf(tables, stage) !== 'done');
  unreadyStages(tables, world, [...undone, ...followersOf(world, undone)]);
  // another sweep that needs them was submitted meanwhile
  restartStages(tables, world, undone.filter((stage) => stateOf(tables, stage) === 'cancelled' && isNeeded(tables, world, stage)));
  const failing = [...failed, ...failedInputs(tables, world, undone)].filter((stage) => failFollowers(tables, world, stage).length > 0);
  const readied = readyStages(tables, world, [...undone, ...(world.without === 'follower-not-readied' ? [] : followersOf(world, done))]);
  // what failed with a stage has to be committed before anybody looks whether a sweep is over
  unsettle(tables, failing);
  for (const [sweep, plan] of world.sweeps.entries()) if (plan.some((stage) => stages.includes(stage))) watchSweep(tables, world, sweep);
  return readied;
}

/** What a process that brings a sweep into line remembers between its two transactions. */
export interface SweepStep {
  sweep: number;
  position: number;
  state: SweepRow['state'];
  changed: number[];
  /** False: the sweep was retried or cancelled since. */
  current: boolean;
}

/** The first transaction of a step, which brings one stage into line; null if there is nothing to do. */
export function beginSweepStep(tables: Tables, world: World, sweep: number): SweepStep | null {
  const row = tables.sweeps[sweep];
  if (!row?.mark) return null;
  const { position, restart } = row.mark;
  const stage = position < 0 ? undefined : world.sweeps[sweep]?.[position];
  const step: SweepStep = { sweep, position, state: row.state, changed: [], current: true };
  if (stage === undefined) {
    row.mark.position = -1;
    return { ...step, position: -1 };
  }
  if (row.state === 'running' && restart.includes(stage)) {
    step.changed = [stage];
    restartStages(tables, world, [stage]);
  } else if (row.state === 'cancelled') {
    step.changed = cancelStages(tables, world, [stage]);
  }
  return step;
}

/** The second transaction of a step; returns the stages that became ready. */
export function endSweepStep(tables: Tables, world: World, { sweep, position, state, changed, current }: SweepStep): number[] {
  const row = tables.sweeps[sweep];
  if (position < 0) {
    watchSweep(tables, world, sweep);
    if (row?.mark?.position === -1) row.mark = null;
    return [];
  }
  const stage = world.sweeps[sweep]?.[position] ?? 0;
  const readied = changed.length > 0 ? settleStages(tables, world, changed) : [];
  if (state === 'running') {
    settleStages(tables, world, failedInputs(tables, world, [stage]));
    readied.push(...readyStages(tables, world, [stage]));
  }
  // if the sweep has ended since because it was stopped, the mark is another one
  if (current && row?.state === state && row.mark?.position === position) row.mark.position = position + 1;
  return readied;
}

/** Cancels those open stages that no running sweep needs; returns them. */
export function cancelStages(tables: Tables, world: World, stages: readonly number[]): number[] {
  const cancelled = stages.filter((stage) => isOpen(tables, stage) && (world.without === 'cancel-takes-shared' || !isNeeded(tables, world, stage)));
  for (const stage of cancelled) {
    if (stateOf(tables, stage) === 'running') noteOutcome(tables, stage, 'cancelled');
    change(tables, stage, { state: 'cancelled', until: 'past' });
  }
  unsettle(tables, cancelled);
  return cancelled;
}

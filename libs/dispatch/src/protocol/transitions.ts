import type { StageState } from '@elucidate/experiment/stages';
import { cancelStages, endSweep, restartStages, unreadyStages } from './settle.js';
import { change, followersOf, hasRoom, inputsDone, isPast, isWanted, lostStates, noteOutcome, openStates, permanentStates, stageOf, unsettle, type Outcome, type Tables, type World } from './state.js';

/** The first transaction of each call. Each function changes the tables it is given, and answers what the database answers; what follows is drawn by settle.ts. */

export interface Held {
  stage: number;
  token: number;
}

/** What an attempt ends with when it fails. */
export interface Failure {
  retryable: boolean;
  killed: boolean;
  counted: boolean;
}

/** The token; null if the stage is not ready, or its back-off has not passed. */
export function claim(tables: Tables, world: World, stage: number): number | null {
  const row = stageOf(tables, stage);
  if (row.state !== 'ready' || row.until === 'ahead' || !isWanted(tables, world, stage)) return null;
  if (!inputsDone(tables, world, stage) && world.without !== 'claim-ignores-inputs') {
    unreadyStages(tables, world, [stage]);
    return null;
  }
  if (!hasRoom(tables, world, stage)) return null;
  const token = world.without !== 'token-stays' || row.token === 0 ? row.token + 1 : row.token;
  change(tables, stage, { state: 'running', until: 'ahead', token });
  noteOutcome(tables, stage, null);
  return token;
}

/** Whether the results are the stage's: written now, or before under the same token. */
export function complete(tables: Tables, world: World, { stage, token }: Held): boolean {
  const row = stageOf(tables, stage);
  const mine = row.token === token || world.without === 'no-token-check';
  if (row.state === 'done') return mine && world.without !== 'lost-answer-stale';
  if (!mine || row.state !== 'running') return false;
  noteOutcome(tables, stage, 'done');
  change(tables, stage, { state: 'done', results: token, files: true, until: 'past' });
  if (world.without !== 'no-mark') unsettle(tables, [stage]);
  return true;
}

/** What became of the stage; null if the lease is not this attempt's. */
export function endAttempt(tables: Tables, world: World, { stage, token }: Held, { outcome, ...failure }: Failure & { outcome: Outcome }): StageState | null {
  const row = stageOf(tables, stage);
  if (row.token !== token || row.state !== 'running') {
    if (row.outcomes[token - 1] !== outcome) return null;
    // a repeated call: what became of it then, as far as that is still known
    return row.token === token && ['ready', 'failed', 'quarantined'].includes(row.state) ? row.state : 'ready';
  }
  const counts = failure.counted && inputsDone(tables, world, stage);
  const again = !counts || (failure.retryable && row.counted + 1 < world.maxAttempts);
  const state = again ? 'ready' : failure.killed ? 'quarantined' : 'failed';
  change(tables, stage, { state, counted: row.counted + (counts ? 1 : 0), until: again && outcome === 'failed' ? 'ahead' : 'past' });
  noteOutcome(tables, stage, outcome);
  unsettle(tables, [stage]);
  return state;
}

/** Whether the stage was handed back, now or before under this token. */
export function release(tables: Tables, world: World, { stage, token }: Held): boolean {
  const held = stageOf(tables, stage);
  if (held.token === token && held.state === 'running') {
    change(tables, stage, { state: 'ready', until: 'past', counted: held.counted + (world.without === 'environment-counts' ? 1 : 0) });
    noteOutcome(tables, stage, 'released');
    // an input was taken back meanwhile, or a sweep that is being stopped waited only because the stage ran
    const watched = tables.sweeps.some((row, sweep) => row?.state === 'running' && row.kept !== null && !row.kept.includes(stage) && world.sweeps[sweep]?.includes(stage));
    if ((!inputsDone(tables, world, stage) || watched) && world.without !== 'release-without-mark') unsettle(tables, [stage]);
  }
  const row = stageOf(tables, stage);
  return row.token === token && row.state === 'ready' && row.outcomes[token - 1] === 'released';
}

export function heartbeat(tables: Tables, world: World, { stage, token }: Held): 'mine' | 'cancelled' | 'lost' {
  const row = stageOf(tables, stage);
  const revived = world.without === 'heartbeat-revives' && row.state === 'ready';
  if (row.token !== token) return 'lost';
  if (row.state !== 'running' && !revived) return row.state === 'cancelled' ? 'cancelled' : 'lost';
  change(tables, stage, { state: 'running', until: 'ahead' });
  return 'mine';
}

/** Ends the attempt of a stage that was found with an expired lease, if it still has one. If the lease ended while the whole installation stood still, that costs no attempt, unless it has happened too often. */
export function expire(tables: Tables, world: World, stage: number): void {
  const { state, token, until, expired } = stageOf(tables, stage);
  if (state !== 'running' || (!isPast(until) && world.without !== 'expiry-not-rechecked')) return;
  const excused = until === 'slept' && expired < world.maxUncounted && world.without !== 'sleep-counts';
  endAttempt(tables, world, { stage, token }, { outcome: 'expired', retryable: true, killed: true, counted: !excused });
  change(tables, stage, { expired: Math.min(expired + 1, world.maxUncounted) });
}

/** The reconciler's note that it is at work: if nobody was for long, leases that are over by now ended while everything stood still. */
export function pass(tables: Tables): void {
  if (!tables.asleep) return;
  tables.asleep = false;
  for (const [stage, { state, until }] of tables.stages.entries()) if (state === 'running' && until === 'past') change(tables, stage, { until: 'slept' });
}

/** Starts a stage again whose files were found to be lost, if it is still done under the token these were written under. */
export function restartLost(tables: Tables, world: World, { stage, token }: Held): void {
  const row = stageOf(tables, stage);
  if (row.state === 'done' && (row.token === token || world.without === 'lost-without-token')) restartStages(tables, world, [stage]);
}

/** After the clock was set back: no time lies further ahead than it could if it had been written now. */
export function boundTimes(tables: Tables): void {
  for (const [stage, { state, until }] of tables.stages.entries()) if (until === 'far') change(tables, stage, { until: state === 'running' ? 'ahead' : 'past' });
}

const ended = (tables: Tables): number[] => tables.stages.flatMap(({ state }, stage) => (lostStates.includes(state) ? [stage] : []));

export function submit(tables: Tables, sweep: number): void {
  tables.sweeps[sweep] = { state: 'running', ends: 0, watched: null, mark: { position: 0, restart: ended(tables) }, paused: false, kept: null, limit: null };
}

/** False: the sweep does not run. */
export function cancel(tables: Tables, sweep: number): boolean {
  const row = tables.sweeps[sweep];
  if (row?.state !== 'running') return false;
  endSweep(row, 'cancelled');
  row.mark = { position: 0, restart: ended(tables) };
  return true;
}

/** False: there is no such sweep, or it is done. */
export function retry(tables: Tables, sweep: number): boolean {
  const row = tables.sweeps[sweep];
  if (!row || row.state === 'done') return false;
  Object.assign(row, { state: 'running', watched: null, mark: { position: 0, restart: ended(tables) }, paused: row.paused && row.state === 'running', kept: null });
  return true;
}

/** False: the sweep does not run. */
export function pause(tables: Tables, sweep: number, paused: boolean): boolean {
  const row = tables.sweeps[sweep];
  if (row?.state !== 'running') return false;
  row.paused = paused;
  return true;
}

/** Lets a sweep end with the stages that run, what follows from them, and what that needs; it is not paused any longer. False: the sweep does not run. */
export function stop(tables: Tables, world: World, sweep: number): boolean {
  const row = tables.sweeps[sweep];
  if (row?.state !== 'running') return false;
  row.paused = false;
  if (row.kept !== null) return true;
  const plan = world.sweeps[sweep] ?? [];
  const kept = new Set(plan.filter((stage) => stageOf(tables, stage).state === 'running'));
  for (let next = [...kept]; next.length > 0; next = followersOf(world, next).filter((stage) => plan.includes(stage))) next.forEach((stage) => kept.add(stage));
  const open = (stage: number): boolean => openStates.includes(stageOf(tables, stage).state);
  for (let next = [...kept]; next.length > 0; next = next.flatMap((stage) => (world.inputs[stage] ?? []).filter(open))) next.forEach((stage) => kept.add(stage));
  Object.assign(row, { kept: [...kept].sort((a, b) => a - b), watched: null, mark: row.mark ?? { position: -1, restart: [] } });
  return true;
}

/** Starts a failed stage of a sweep again, with the failed inputs that kept it from running and the failed stages that need these. False: the sweep neither runs nor has failed, or it is being stopped. */
export function retryStage(tables: Tables, world: World, sweep: number, stage: number): boolean {
  const row = tables.sweeps[sweep];
  if (!row || !['running', 'failed'].includes(row.state) || (row.state === 'running' && row.kept !== null)) return false;
  const plan = world.sweeps[sweep] ?? [];
  const failed = (one: number): boolean => permanentStates.includes(stageOf(tables, one).state);
  const again = new Set([stage].filter((one) => plan.includes(one) && failed(one)));
  for (let next = [...again]; next.length > 0; next = next.flatMap((one) => (world.inputs[one] ?? []).filter(failed))) next.forEach((one) => again.add(one));
  for (let next = [...again]; next.length > 0; next = followersOf(world, next).filter((one) => plan.includes(one) && failed(one))) next.forEach((one) => again.add(one));
  if (again.size === 0) return true;
  Object.assign(row, { state: 'running', watched: null, paused: row.paused && row.state === 'running' });
  restartStages(tables, world, [...again]);
  return true;
}

/** Lets a sweep, of which the world has the new plan, run again after it was edited; `dropped`: stages that it had. */
export function edit(tables: Tables, world: World, sweep: number, dropped: readonly number[]): void {
  const row = tables.sweeps[sweep];
  if (!row) return;
  Object.assign(row, { state: 'running', watched: null, mark: { position: 0, restart: ended(tables) }, paused: row.paused && row.state === 'running', kept: null });
  cancelStages(tables, world, dropped);
}

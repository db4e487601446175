import { beginSweepStep, endSweepStep, settleStages, type SweepStep } from './settle.js';
import { copyTables, newTables, type StageRow, type Tables, type World } from './state.js';
import type { Held } from './transitions.js';

/** The database together with the processes around it, and the next steps that each of them can take. */
export interface Scene {
  tables: Tables;
  /** What each worker holds, or believes to, or has chosen to claim; `gone`: it never comes back. */
  workers: (Held | Choice | 'idle' | 'gone')[];
  /** Stages that the queue holds a job of. */
  jobs: number[];
  /** A process between the two transactions of a step over a sweep. */
  step: SweepStep | null;
  /** A stage that the reconciler found with an expired lease. */
  expired: number | null;
  /** A stage whose files somebody found missing, with the token that they were written under. */
  missing: Held | null;
  /** A stage whose row a frozen process has locked. */
  locked: number | null;
  /** A process has stopped while it chose. */
  choosing: boolean;
  /** Stages that are left to those who chose them, where that is for ever. */
  chosen: number[];
  /** Faults that may still happen. */
  faults: number;
}

/** A stage whose turn it is, before the claim. */
export interface Choice {
  choice: number;
}

/** A scene to explore: the world, which worker lacks the code version of which stages, and how many faults may happen. */
export interface Setting extends World {
  /** Of each worker, the stages of a code version that it does not have. */
  lacks: readonly (readonly number[])[];
  faults: number;
}

/** What is done in a step, as far as the properties need it. */
export interface Doing {
  what: 'claim' | 'complete' | 'fail' | 'release' | 'heartbeat' | 'expire' | 'restart' | 'submit' | 'retry' | 'cancel' | 'resume' | 'other';
  worker?: number;
  held?: Held;
  /** Expire: the stage that was found before. */
  found?: number;
  /** Complete: accepted. */
  answer?: boolean;
}

export interface Step extends Doing {
  label: string;
  /** How many faults it costs; at 0 it is what processes do by themselves. */
  cost: number;
  next: Scene;
}

export type Add = (label: string, change: (next: Scene) => Omit<Doing, 'what'> | void, options?: { what?: Doing['what']; cost?: number }) => void;

/** What the steps of a worker are made of. */
export interface Working {
  setting: Setting;
  worker: number;
  add: Add;
}

export const newScene = (setting: Setting): Scene => ({
  tables: newTables(setting), workers: setting.lacks.map(() => 'idle'), jobs: [], step: null, expired: null, missing: null, locked: null, choosing: false, chosen: [], faults: setting.faults,
});

export const copyScene = (scene: Scene): Scene => ({ ...scene, tables: copyTables(scene.tables), workers: [...scene.workers], jobs: [...scene.jobs], chosen: [...scene.chosen] });

export const isHeld = (one: Scene['workers'][number], stage: number, token: number): boolean => typeof one === 'object' && 'token' in one && one.stage === stage && one.token === token;

export function addJobs(scene: Scene, stages: readonly number[]): void {
  scene.jobs = [...new Set([...scene.jobs, ...stages])].sort((a, b) => a - b);
}

/** Settles, and queues what became ready. */
export const settle = (scene: Scene, world: World, stages: readonly number[]): void => addJobs(scene, settleStages(scene.tables, world, stages));

export function finishStep(scene: Scene, world: World): void {
  if (scene.step !== null) addJobs(scene, endSweepStep(scene.tables, world, scene.step));
  scene.step = null;
}

export function beginStep(scene: Scene, world: World, sweep: number): void {
  scene.step = beginSweepStep(scene.tables, world, sweep);
}

/** The sweep was retried or cancelled: a step that is under way belongs to the request before. */
export function outdate(scene: Scene, sweep: number): void {
  if (scene.step?.sweep === sweep) scene.step = { ...scene.step, current: false };
}

/** Whether the step changes the row that is locked: it waits. */
export const isBlocked = (before: Scene, after: Scene): boolean =>
  before.locked !== null && before.tables.stages[before.locked] !== after.tables.stages[before.locked];

/** Forgets the outcomes of attempts that no call can depend on any more: scenes with the same future become equal. */
export function forget(scene: Scene): void {
  for (const [stage, row] of scene.tables.stages.entries()) {
    const matters = (token: number): boolean => token === row.token || scene.workers.some((one) => isHeld(one, stage, token));
    if (row.outcomes.some((outcome, at) => outcome !== null && !matters(at + 1))) {
      scene.tables.stages[stage] = { ...row, outcomes: row.outcomes.map((outcome, at) => (matters(at + 1) ? outcome : null)) };
    }
  }
}

const rowKeys = new WeakMap<StageRow, string>();

function rowKey(row: StageRow): string {
  const known = rowKeys.get(row);
  if (known !== undefined) return known;
  const key = `${row.state} ${row.token} ${row.counted} ${row.expired} ${row.until} ${row.results} ${row.files} ${row.outcomes.join()}`;
  rowKeys.set(row, key);
  return key;
}

/** Equal for equal scenes, but for how often sweeps have ended. */
export function keyOf({ tables, workers, jobs, step, expired, missing, locked, choosing, chosen, faults }: Scene): string {
  const sweeps = tables.sweeps.map((row) => row && `${row.state} ${row.watched} ${row.mark && `${row.mark.position} ${row.mark.restart.join()}`} ${row.paused} ${row.kept?.join()}`);
  const held = workers.map((one) => (typeof one !== 'object' ? one : 'choice' in one ? `choice ${one.choice}` : `${one.stage} ${one.token}`));
  const slow = step && `${step.sweep} ${step.position} ${step.state} ${step.changed.join()} ${step.current}`;
  return [...tables.stages.map(rowKey), tables.marks.join(), tables.asleep, ...sweeps, ...held, jobs.join(), slow, expired, missing && `${missing.stage} ${missing.token}`, locked, choosing, chosen.join(), faults].join('|');
}

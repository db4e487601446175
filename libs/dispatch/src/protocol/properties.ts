import { isHeld, type Scene, type Setting, type Step } from './scene.js';
import { inputsDone, isNeeded, isPast, isWanted, lostStates, openStates, permanentStates, stateOf, type StageRow, type SweepRow } from './state.js';

/** A step, and what it was taken from. */
export interface Taken {
  before: Scene;
  step: Step;
  setting: Setting;
}

/** Of each stage that a step changes, its row before and after. */
type RowRule = (taken: Taken & { stage: number; was: StageRow; is: StageRow }) => boolean;
type SweepRule = (taken: Taken & { plan: readonly number[]; was: SweepRow | null; is: SweepRow }) => boolean;

const byHolder = ({ step, was, stage }: { step: Step; was: StageRow; stage: number }): boolean => step.held?.stage === stage && step.held.token === was.token;

const rowRules: Record<string, RowRule> = {
  'results are written once under a token, by the attempt that holds the current one': ({ is, was, ...taken }) =>
    is.results === was.results || is.results === 0 || (taken.step.what === 'complete' && byHolder({ ...taken, was }) && was.state === 'running' && was.outcomes[is.results - 1] === null && is.results === is.token),
  'a stage is done with its results, and has none otherwise': ({ is }) => (is.state === 'done' ? is.results === is.token : is.results === 0),
  'a stage runs only from a claim, which makes its token grow by one': ({ step, was, is }) =>
    is.state === 'running' && was.state !== 'running' ? step.what === 'claim' && was.state === 'ready' && is.token === was.token + 1 : is.token === was.token,
  'a claimed stage has all inputs done, and a worker of its code version': ({ before, step, setting, stage, was, is }) =>
    is.token === was.token || (inputsDone(before.tables, setting, stage) && !setting.lacks[step.worker ?? 0]?.includes(stage)),
  'a stage is claimed only for a sweep that goes on with it: not paused, and, if it is being stopped, for a cell that ran': ({ before, setting, stage, was, is }) =>
    is.token === was.token || isWanted(before.tables, { ...setting, without: undefined }, stage),
  'an attempt counts only if it failed, or its lease had ended when it was ended': ({ step, stage, was, is }) =>
    is.counted <= was.counted || (is.counted === was.counted + 1 && ((step.what === 'fail' && byHolder({ step, was, stage })) || (step.what === 'expire' && isPast(was.until)))),
  'a lease that ended while the whole installation stood still costs no attempt, unless that happens again and again': ({ before, setting, step, stage, was, is }) =>
    step.what !== 'expire' || is.state === 'running' || was.until !== 'slept' || !inputsDone(before.tables, setting, stage) || (is.counted > was.counted) === (was.expired >= setting.maxUncounted),
  'a worker that stood still with all others keeps its stage, if it is not slow to go on': ({ before, step, stage, was, is }) =>
    step.what !== 'expire' || is.state === 'running' || (was.until === 'past' && !before.tables.asleep) || step.cost > 0 || step.found === stage || !before.workers.some((one) => isHeld(one, stage, was.token)),
  'no result is lost: a done stage starts again only if its files are gone': ({ was, is }) => was.state !== 'done' || is.state === 'done' || !was.files,
  'a stage is cancelled only if no running sweep needs it': ({ before, setting, stage, was, is }) => is.state !== 'cancelled' || was.state === 'cancelled' || !isNeeded(before.tables, setting, stage),
  'how an attempt ended is written once': ({ was, is }) => was.outcomes.every((outcome, index) => outcome === null || outcome === is.outcomes[index]),
};

const sweepRules: Record<string, SweepRule> = {
  'a sweep ends once, and runs again only if it is retried': ({ step, was, is }) =>
    was === null || (is.ends === was.ends + (was.state === 'running' && is.state !== 'running' ? 1 : 0) && (was.state === 'running' || is.state === was.state || (is.state === 'running' && step.what === 'retry'))),
  'a sweep is done or failed only when all its stages have ended': ({ step, plan, was, is }) => {
    if (was?.state !== 'running' || !['done', 'failed'].includes(is.state)) return true;
    const states = plan.map((stage) => stateOf(step.next.tables, stage));
    return is.state === 'done' ? states.every((state) => state === 'done') : states.every((state) => !openStates.includes(state)) && states.some((state) => lostStates.includes(state));
  },
  'a sweep that is stopped is over when its running cells have ended': ({ step, plan, was, is }) =>
    was?.state !== 'running' || is.state !== 'cancelled' || step.what === 'cancel' ||
      (was.kept !== null && plan.every((stage) => (was.kept?.includes(stage) ? !openStates.includes(stateOf(step.next.tables, stage)) : stateOf(step.next.tables, stage) !== 'running'))),
  'a sweep that is submitted or retried does not end by what failed before': ({ plan, was, is }) =>
    was?.state !== 'running' || is.state !== 'failed' || !is.mark?.restart.some((stage) => plan.includes(stage)),
};

/** Nothing is under way that would change what the database holds. */
export const isSettled = ({ tables, step }: Scene): boolean => tables.marks.length === 0 && step === null && tables.sweeps.every((row) => !row?.mark);

const settledRules: Record<string, (scene: Scene, setting: Setting) => boolean> = {
  'once settled, a ready stage has all its inputs done': ({ tables }, setting) => tables.stages.every(({ state }, stage) => state !== 'ready' || inputsDone(tables, setting, stage)),
  'once settled, a waiting stage has an input that is not done, and none that failed permanently': ({ tables }, setting) =>
    tables.stages.every(({ state }, stage) => state !== 'waiting' || !isPlanned(tables.sweeps, setting, stage) ||
      (!inputsDone(tables, setting, stage) && !setting.inputs[stage]?.some((input) => permanentStates.includes(stateOf(tables, input))))),
  'once settled, a running sweep has an open stage and no cancelled one': ({ tables }, { sweeps }) =>
    tables.sweeps.every((row, sweep) => {
      const states = (sweeps[sweep] ?? []).map((stage) => stateOf(tables, stage));
      return row?.state !== 'running' || (states.some((state) => openStates.includes(state)) && !states.includes('cancelled'));
    }),
  'once settled, an open stage belongs to a running sweep, unless its files were lost': ({ tables }, setting) =>
    tables.stages.every(({ state, token, outcomes }, stage) => !openStates.includes(state) || !isPlanned(tables.sweeps, setting, stage) || outcomes[token - 1] === 'done' || isNeeded(tables, setting, stage)),
};

const isPlanned = (rows: readonly (SweepRow | null)[], { sweeps }: Setting, stage: number): boolean => rows.some((row, sweep) => row !== null && sweeps[sweep]?.includes(stage));

const answers = 'an answer is true: a completion is accepted if and only if the results are the stage\'s';

/** The progress property is checked on the graph of all states, see explore.ts. */
export const progress = 'from every state, without further faults, every accepted sweep that is not paused can end with nothing left to settle';

export const properties: readonly string[] = [...Object.keys(rowRules), ...Object.keys(sweepRules), answers, ...Object.keys(settledRules), progress];

const [rowTable, sweepTable, settledTable] = [Object.entries(rowRules), Object.entries(sweepRules), Object.entries(settledRules)];

/** The first property that a step violates, null if none. */
export function violated({ before, step, setting }: Taken): string | null {
  const { tables } = step.next;
  for (const [stage, is] of tables.stages.entries()) {
    const was = before.tables.stages[stage] ?? is;
    if (was === is) continue;
    const row = { before, step, setting, stage, was, is };
    for (const [name, holds] of rowTable) if (!holds(row)) return name;
  }
  for (const [sweep, is] of tables.sweeps.entries()) {
    if (is === null) continue;
    const was = before.tables.sweeps[sweep] ?? null;
    const row = { before, step, setting, plan: setting.sweeps[sweep] ?? [], was, is };
    for (const [name, holds] of sweepTable) if (!holds(row)) return name;
  }
  if (step.what === 'complete' && step.held && step.answer !== (tables.stages[step.held.stage]?.results === step.held.token)) return answers;
  if (!isSettled(step.next)) return null;
  return settledTable.find(([, holds]) => !holds(step.next, setting))?.[0] ?? null;
}

/** Every accepted sweep has ended or is paused, and nothing is left to settle. */
export const isOver = (scene: Scene): boolean => isSettled(scene) && scene.tables.sweeps.every((row) => row?.state !== 'running' || row.paused);

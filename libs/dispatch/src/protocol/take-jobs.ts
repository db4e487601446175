import type { Doing, Scene, Working } from './scene.js';
import { change, isWanted, noteOutcome, stageOf, type Tables } from './state.js';
import { claim } from './transitions.js';

/** How a worker comes from a job to a lease: while several sweeps run, or if the job's own stage is not ready, it first chooses the stage whose turn it is, in a transaction of its own. Whose turn that is does not matter here: any may be. */
export function takeJobs(scene: Scene, { setting, worker, add }: Working): void {
  const lacks = setting.without === 'claim-ignores-version' ? [] : setting.lacks[worker] ?? [];
  const take = (next: Scene, stage: number, trusted = false): Omit<Doing, 'what'> | void => {
    next.workers[worker] = 'idle';
    const token = lacks.includes(stage) ? null : trusted ? lease(next.tables, stage) : claim(next.tables, setting, stage);
    if (token === null) return;
    next.workers[worker] = { stage, token };
    return { worker, held: { stage, token } };
  };
  const holds = scene.workers[worker];
  if (typeof holds === 'object' && 'choice' in holds) {
    add(`worker ${worker} claims stage ${holds.choice}, which it chose`, (next) => take(next, holds.choice, setting.without === 'choice-trusted'), { what: 'claim' });
    add(`worker ${worker}, which chose stage ${holds.choice}, is killed and starts again`, (next) => void (next.workers[worker] = 'idle'));
    return;
  }
  if (scene.choosing && setting.without === 'choice-waits') return;
  const contended = scene.tables.sweeps.filter((row) => row?.state === 'running').length > 1;
  const candidates = scene.choosing ? [] : scene.tables.stages.flatMap(({ state, until }, stage) =>
    state === 'ready' && until !== 'ahead' && !lacks.includes(stage) && !scene.chosen.includes(stage) && isWanted(scene.tables, setting, stage) ? [stage] : []);
  for (const job of scene.jobs) {
    const without = (next: Scene): Scene => Object.assign(next, { jobs: next.jobs.filter((one) => one !== job) });
    const turns = contended || scene.tables.stages[job]?.state !== 'ready' ? candidates : [];
    for (const stage of turns) {
      add(`worker ${worker} takes the job of stage ${job}, chooses stage ${stage} and claims it`, (next) => take(without(next), stage), { what: 'claim' });
      add(`worker ${worker} takes the job of stage ${job}, chooses stage ${stage} and is slow`, (next) => {
        without(next).workers[worker] = { choice: stage };
        if (setting.without === 'choice-holds') next.chosen = [...next.chosen, stage].sort((a, b) => a - b);
      }, { cost: 1 });
    }
    if (turns.length === 0 && !scene.chosen.includes(job)) add(`worker ${worker} takes the job of stage ${job} and claims it`, (next) => take(without(next), job), { what: 'claim' });
    add(`the queue delivers the job of stage ${job} twice; worker ${worker} claims it`, (next) => take(next, job), { what: 'claim', cost: 1 });
  }
  if (contended && !scene.choosing && candidates.length > 0) add('a process stops while it chooses', (next) => void (next.choosing = true), { cost: 1 });
}

/** A lease without a look at the stage's state, as if its choice had been a right. */
function lease(tables: Tables, stage: number): number {
  const token = stageOf(tables, stage).token + 1;
  change(tables, stage, { state: 'running', until: 'ahead', token });
  noteOutcome(tables, stage, null);
  return token;
}

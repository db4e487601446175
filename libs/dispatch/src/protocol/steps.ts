import { addJobs, beginStep, copyScene, finishStep, isBlocked, isHeld, outdate, settle, type Add, type Doing, type Scene, type Setting, type Step, type Working } from './scene.js';
import { takeJobs } from './take-jobs.js';
import { change, isPast, isWanted, openStates, permanentStates } from './state.js';
import { boundTimes, cancel, complete, endAttempt, expire, heartbeat, pass, pause, release, restartLost, retry, retryStage, stop, submit, type Held } from './transitions.js';

/** Every step that can be taken, by anyone. */
export function stepsFrom(scene: Scene, setting: Setting): Step[] {
  const steps: Step[] = [];
  const add: Add = (label, change, { what = 'other', cost = 0 } = {}) => {
    if (cost > scene.faults) return;
    const next = copyScene(scene);
    const doing = change(next) ?? {};
    next.faults -= cost;
    if (!isBlocked(scene, next)) steps.push({ label, cost, what, next, ...doing });
  };
  for (const part of [users, workers, reconciler, faults]) part(scene, setting, add);
  return steps;
}

/** A frozen process is one that takes no step for a while; one that is killed forgets what it held. */
function workers(scene: Scene, setting: Setting, add: Add): void {
  for (const [worker, holds] of scene.workers.entries()) {
    if (holds === 'idle' || (typeof holds === 'object' && 'choice' in holds)) takeJobs(scene, { setting, worker, add });
    else if (holds !== 'gone') goOn(holds, { setting, worker, add });
  }
}

function goOn(held: Held, { setting, worker, add }: Working): void {
  const { stage, token } = held;
  const name = `worker ${worker} (stage ${stage}, token ${token})`;
  const completing = (idle: boolean) => (next: Scene): Omit<Doing, 'what'> => {
    if (idle) next.workers[worker] = 'idle';
    return { worker, held, answer: complete(next.tables, setting, held) };
  };
  const failing = (retryable: boolean, idle: boolean) => (next: Scene): Omit<Doing, 'what'> => {
    if (idle) next.workers[worker] = 'idle';
    return { worker, held, answer: endAttempt(next.tables, setting, held, { outcome: 'failed', retryable, killed: false, counted: true }) !== null };
  };
  add(`${name} completes`, completing(true), { what: 'complete' });
  add(`${name} completes; the answer is lost`, completing(false), { what: 'complete', cost: 1 });
  add(`${name} fails, retryable`, failing(true, true), { what: 'fail', cost: 1 });
  add(`${name} fails permanently`, failing(false, true), { what: 'fail', cost: 1 });
  add(`${name} fails, retryable; the answer is lost`, failing(true, false), { what: 'fail', cost: 2 });
  add(`${name} hands back`, (next) => {
    next.workers[worker] = 'idle';
    if (release(next.tables, setting, held)) addJobs(next, [stage]);
    return { worker, held };
  }, { what: 'release', cost: 1 });
  add(`${name} sends a heartbeat`, (next) => {
    if (heartbeat(next.tables, setting, held) !== 'mine') next.workers[worker] = 'idle';
    return { worker, held };
  }, { what: 'heartbeat' });
  add(`${name} is killed and starts again`, (next) => void (next.workers[worker] = 'idle'), { cost: 1 });
  if (worker > 0) add(`${name} is gone for ever`, (next) => void (next.workers[worker] = 'gone'), { cost: 1 });
}

function users({ tables }: Scene, setting: Setting, add: Add): void {
  const { sweeps } = setting;
  for (const [sweep, row] of tables.sweeps.entries()) {
    if (row === null) {
      add(`sweep ${sweep} (stages ${sweeps[sweep]?.join(', ')}) is submitted`, (next) => submit(next.tables, sweep), { what: 'submit' });
      continue;
    }
    if (row.state === 'running') add(`sweep ${sweep} is cancelled`, (next) => (cancel(next.tables, sweep), outdate(next, sweep)), { what: 'cancel', cost: 1 });
    if (row.state === 'running' && !row.paused) add(`sweep ${sweep} is paused`, (next) => void pause(next.tables, sweep, true), { cost: 1 });
    if (row.state === 'running' && row.paused) add(`sweep ${sweep} is resumed`, (next) => void pause(next.tables, sweep, false), { what: 'resume' });
    if (row.state === 'running' && row.kept === null) add(`sweep ${sweep} is stopped`, (next) => void stop(next.tables, setting, sweep), { cost: 1 });
    for (const stage of sweeps[sweep] ?? []) {
      if (permanentStates.includes(tables.stages[stage]?.state ?? 'done')) add(`stage ${stage} of sweep ${sweep} is retried`, (next) => void retryStage(next.tables, setting, sweep, stage), { what: 'retry', cost: 1 });
    }
    if (row.state !== 'done') add(`sweep ${sweep} is retried`, (next) => (retry(next.tables, sweep), outdate(next, sweep)), { what: 'retry', cost: 1 });
  }
}

/** A stage that none of these sweeps has. */
const elsewhere = -1;

/** What the caller of a transition goes on with, or the reconciler in its place. */
function reconciler(scene: Scene, setting: Setting, add: Add): void {
  const { tables, jobs, step, expired, missing, locked } = scene;
  for (const stage of tables.marks) add(`stage ${stage} is settled`, (next) => settle(next, setting, [stage]));
  const cutOff = setting.without === 'cut-off-forgotten' && scene.faults < setting.faults;
  for (const [sweep, row] of tables.sweeps.entries()) {
    if (!row?.mark || cutOff) continue;
    const at = `sweep ${sweep} is brought into line at position ${row.mark.position}`;
    add(at, (next) => {
      beginStep(next, setting, sweep);
      finishStep(next, setting);
      next.step = step;
    });
    if (step === null) add(`${at}, of whose two transactions the first is committed`, (next) => beginStep(next, setting, sweep), { cost: 1 });
  }
  if (step !== null) add(`the process that brings sweep ${step.sweep} into line is killed`, (next) => void (next.step = null));
  if (step !== null) add(`the second transaction for sweep ${step.sweep} at position ${step.position} follows`, (next) => finishStep(next, setting));
  for (const [stage, row] of tables.stages.entries()) {
    if (row.state === 'running' && isPast(row.until)) {
      // a worker that woke up with the reconciler extends its lease before this, unless it is slow
      const slow = row.until === 'slept' && isHeldByAny(scene, stage, row.token) ? 1 : 0;
      if (!tables.asleep) add(`the reconciler ends the expired attempt of stage ${stage}`, (next) => expire(next.tables, setting, stage), { what: 'expire', cost: slow });
      else if (setting.without === 'waking-expires') add(`the first reconciler awake ends the expired attempt of stage ${stage}`, (next) => (pass(next.tables), expire(next.tables, setting, stage)), { what: 'expire' });
      if (expired === null && !tables.asleep) add(`a slow reconciler finds the lease of stage ${stage} expired`, (next) => void (next.expired = stage), { cost: 1 });
    }
    if (row.state === 'ready' && row.until === 'past' && !jobs.includes(stage) && isWanted(tables, setting, stage) && setting.without !== 'queue-not-refilled') {
      add(`the reconciler queues stage ${stage}`, (next) => addJobs(next, [stage]));
    }
    if (row.state === 'done' && !row.files) {
      if (missing === null) add(`a slow resubmission finds the files of stage ${stage} missing`, (next) => void (next.missing = { stage, token: row.token }), { cost: 1 });
      add(`a resubmission starts stage ${stage} again`, (next) => restartLost(next.tables, setting, { stage, token: row.token }), { what: 'restart' });
    }
  }
  if (expired !== null && expired !== elsewhere) add(`the slow reconciler goes on with stage ${expired}`, (next) => {
    next.expired = null;
    expire(next.tables, setting, expired);
    return { found: expired };
  }, { what: 'expire' });
  if (setting.without === 'expires-unseen') {
    if (expired === null && !tables.asleep) add('a slow reconciler finds the lease of another stage expired', (next) => void (next.expired = elsewhere), { cost: 1 });
    if (expired !== null) for (const stage of tables.stages.keys()) add(`the slow reconciler goes on with stage ${stage}, whose lease has expired since`, (next) => {
      next.expired = null;
      expire(next.tables, setting, stage);
      return { found: expired };
    }, { what: 'expire' });
  }
  if (tables.asleep) add('somebody reconciles, after nobody has for long', (next) => pass(next.tables));
  if (missing !== null) add(`stage ${missing.stage}, found missing under token ${missing.token}, starts again`, (next) => {
    next.missing = null;
    restartLost(next.tables, setting, missing);
  }, { what: 'restart' });
  if (tables.stages.some(({ until }) => until === 'far') && setting.without !== 'times-stay') add('the reconciler bounds times that lie too far ahead', (next) => boundTimes(next.tables));
  if (locked !== null && setting.without !== 'lock-without-timeout') add(`a timeout ends the lock on stage ${locked}`, (next) => void (next.locked = null));
}

const isHeldByAny = (scene: Scene, stage: number, token: number): boolean => scene.workers.some((one) => isHeld(one, stage, token));

/** What the world does to them. Time that passes is a fault only where it ends the lease of a worker that is there. */
function faults({ tables, jobs, workers: holds, locked }: Scene, _setting: Setting, add: Add): void {
  for (const [stage, { state, token, until, files }] of tables.stages.entries()) {
    const held = holds.some((one) => isHeld(one, stage, token));
    if (until === 'ahead') add(state === 'running' ? `the lease of stage ${stage} passes` : `the back-off of stage ${stage} passes`, (next) => change(next.tables, stage, { until: 'past' }), { cost: state === 'running' && held ? 1 : 0 });
    if (state === 'done' && files) add(`the files of stage ${stage} are lost`, (next) => change(next.tables, stage, { files: false }), { cost: 1 });
    if (locked === null && openStates.includes(state)) add(`a process freezes with stage ${stage} locked`, (next) => void (next.locked = stage), { cost: 1 });
  }
  if (tables.stages.some(({ state, until }) => state === 'running' && until === 'ahead')) {
    add('the whole installation stands still until every lease has passed', (next) => {
      next.tables.asleep = true;
      for (const [stage, { state, until }] of next.tables.stages.entries()) if (state === 'running' && until === 'ahead') change(next.tables, stage, { until: 'past' });
    }, { cost: 1 });
  }
  for (const job of jobs) add(`the queue loses the job of stage ${job}`, (next) => void (next.jobs = jobs.filter((one) => one !== job)), { cost: 1 });
  if (tables.stages.some(({ state }) => ['running', 'ready'].includes(state))) {
    add("the database's clock is set back", (next) => {
      next.tables.asleep = false;
      for (const [stage, { state }] of next.tables.stages.entries()) if (state === 'running' || state === 'ready') change(next.tables, stage, { until: 'far' });
    }, { cost: 1 });
  }
}

import { blameOf } from '@elucidate/experiment/blame';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { ExecuteStage } from '@elucidate/experiment/execution';
import type { StageKind } from '@elucidate/experiment/stages';
import { requireCurrentSchema } from '@elucidate/store/migrate';
import type { WorkerProblem } from '@elucidate/store/entities/worker';
import type { Store } from '@elucidate/store/store';
import { attempt, type Attempted } from './attempt.js';
import { checkEnvironment } from './environment.js';
import { recordEnvironment } from './excuses.js';
import type { FailOptions } from './fail.js';
import { toElucidateError } from './failure-of.js';
import { programOf } from './lacking.js';
import { claimNext, jobsWithinLimits, type ChosenStage, type ClaimedStage } from './lease.js';
import { oneAtATime } from './one-at-a-time.js';
import { patiently } from './patiently.js';
import type { Queue, QueueJob } from './queue.js';
import { reconcileRepeatedly } from './reconcile-repeatedly.js';
import { aborted, atMost, repeatedly } from './repeatedly.js';
import { SetAside } from './set-aside.js';
import { rows } from './sql.js';
import { handBackUnanswered } from './unanswered-claim.js';
import { clearWork } from './work-folders.js';
import { countFailures, countSuccess, hearRelease, leaveWorker, showWorker } from './worker-row.js';

export interface WorkerOptions extends FailOptions {
  store: Store;
  queue: Queue;
  execute: ExecuteStage;
  workerId: string;
  kinds: readonly StageKind[];
  /** The code version that this process has of each kind; stages of others are left alone. Any, if absent. */
  codeVersions?: Readonly<Partial<Record<StageKind, number>>>;
  /** Stages run at once. */
  slots: number;
  /** Folder for checkpoints and unfinished outputs. */
  home: string;
  /** Human-readable description of what the worker computes with: "simd, 1 thread". */
  engine: string;
  /** Version of the code, for telling what fails under one and not another; unknown, if absent. */
  version?: string;
  leaseMs?: number;
  /** Number of different stages failing in a row after which the worker takes no more. */
  maxFailures?: number;
  /** Mean time between reconciler passes over all workers. */
  reconcileMs?: number;
  /** Time between signs of life, each of which also asks whether the worker is to take kinds again. */
  seenMs?: number;
  /** Time between checks of the folders and of the schema. */
  checkMs?: number;
  /** Time until a worker set aside tries again for the first time. */
  retryMs?: number;
  /** Ends the worker after so long without a stage. */
  idleMs?: number;
  /** There is no other worker: what sets it aside or quarantines it ends it, instead of leaving its stages to others. */
  alone?: boolean;
  /** Alone: which data sets and programs that it lacks end it, as `isInTheWayOf` says; stages that need others wait. Any, if absent. */
  concerns?: (problem: WorkerProblem) => boolean;
  /** Makes this worker's artifact store the installation's. */
  adoptArtifacts?: boolean;
  /** Abort to stop: running stages are handed back. */
  signal: AbortSignal;
  log: (line: string) => void;
}

const seenEveryMs = 10_000;
const checkEveryMs = 30_000;
const clearEveryMs = 3_600_000;
/** How long a stopping worker waits for a database or queue that does not respond. */
const stoppingMs = 5000;

/** Takes stages and runs them until the signal is aborted; then hands back the running stages, and resolves. Rejects if the database's schema becomes another version's, or, alone, with why it cannot go on: what is wrong with its environment, or 'stage.failed' with the last error if too many stages failed in a row. */
export async function runWorker(given: WorkerOptions): Promise<void> {
  const ending = new AbortController();
  const options = { ...given, signal: AbortSignal.any([given.signal, ending.signal]) };
  const { store, queue, workerId: id, kinds, slots, engine, version = null, signal, log } = options;
  const onError = (error: unknown): void => log(messageOf(error));
  const check = (): Promise<void> => checkEnvironment(options);
  const show = oneAtATime(async () => {
    const released = await showWorker(store.db, { id, engine, kinds, concurrency: slots, version, done: state.done, setAside: [...setAside.problems, ...(state.quarantined === undefined ? [] : [state.quarantined])] });
    if (released !== null) await release(released);
  });
  /** A worker that ends shows itself once more, before it is gone. */
  const showSoon = (): void => {
    if (!signal.aborted) void show().catch(onError);
  };
  const setAside: SetAside = new SetAside({ kinds, check, log, ...(given.retryMs !== undefined && { retryMs: given.retryMs }), changed: () => {
    state.take(state.quarantined === undefined ? setAside.taken : []);
    showSoon();
    // a database that is away comes back
    const own = setAside.problems.find((problem) => blameOf[problem.code] === 'environment' && (given.concerns?.(problem) ?? true));
    if (given.alone && own !== undefined) ending.abort(new ElucidateError(own.code, own.message));
  } });
  const state: WorkerState = { setAside, done: 0, failed: new Set(), excused: new Map(), held: new Map(), claims: new Set(), counting: Promise.resolve(), releases: 0, running: 0, idleMs: 0, take: () => undefined, quarantine };
  /** Somebody says that what was wrong is in order. */
  async function release(released: readonly StageKind[]): Promise<void> {
    log(`released: to take ${released.join(', ')} again`);
    state.releases += 1;
    await inTurn(state, async () => {
      await hearRelease(store.db, id, released);
      delete state.quarantined;
      state.failed.clear();
    });
    setAside.release(released);
    state.take(setAside.taken);
    showSoon();
  }
  function quarantine(last: ElucidateError): void {
    const message = `${state.failed.size} different stages failed here in a row, the last one with: ${last.message}`;
    log(`quarantined: ${message}; fix what they have in common and start the worker again`);
    state.quarantined = { kinds: [...kinds], code: last.code, message, since: new Date().toISOString() };
    state.take([]);
    showSoon();
    if (given.alone) ending.abort(new ElucidateError('stage.failed', `No more stages are run: ${message}\nFix what they have in common and start again; what is done is kept`));
  }

  await check().catch((error: ElucidateError) => void setAside.add(error));
  await show().catch(onError);
  /** Counts instead of comparing times: a process that was stopped, or that took long to start, has not been idle. */
  function countIdle(mostMs: number): Promise<void> {
    const tickMs = Math.min(1000, mostMs);
    return every(tickMs, async () => {
      if (state.running === 0) state.idleMs += tickMs;
      if (state.running === 0 && state.idleMs > mostMs) ending.abort();
    });
  }
  const every = (everyMs: number, action: () => Promise<unknown>): Promise<void> => repeatedly(action, { everyMs, signal, onError });
  const background = [
    reconcileRepeatedly(options),
    every(given.seenMs ?? seenEveryMs, show),
    every(Math.min(1000, given.retryMs ?? 1000), () => setAside.look()),
    every(given.checkMs ?? checkEveryMs, () => (setAside.idle ? Promise.resolve() : check().catch((error: ElucidateError) => (blameOf[error.code] === 'environment' ? void setAside.add(error) : onError(error))))),
    every(given.checkMs ?? checkEveryMs, () => requireCurrentSchema(store.db).catch((error: unknown) => {
      if (error instanceof ElucidateError && error.code === 'database.outdated') ending.abort(error);
    })),
    every(clearEveryMs, () => clearWork(store.db, options.home)),
    ...(given.idleMs === undefined ? [] : [countIdle(given.idleMs)]),
  ];
  const consumer = queue.consume({ kinds, slots, handler: (job) => busy(state, () => handle(job, options, state)), onError });
  state.take = (taken) => consumer.take(taken);
  state.take(setAside.taken);
  log(`takes ${setAside.taken.join(', ') || 'nothing for now'} from ${queue.name}, ${slots} at once, on ${engine}`);
  await aborted(signal);
  log(ending.signal.aborted && !given.signal.aborted ? `stopping: ${describeEnd(ending.signal.reason)}` : 'stopping: handing back what runs');
  const idle = consumer.close();
  await atMost(stoppingMs, leaveWorker(store.db, id, 'stopping'));
  await (state.running === 0 ? atMost(stoppingMs, idle) : idle);
  await atMost(stoppingMs, Promise.all(background));
  await atMost(stoppingMs, show().then(() => leaveWorker(store.db, id, 'gone')));
  if (ending.signal.reason instanceof ElucidateError && !given.signal.aborted) throw ending.signal.reason;
}

/** What a worker remembers of its stages. */
interface WorkerState {
  setAside: SetAside;
  /** Stages completed. */
  done: number;
  /** Stages failed since the last one done. */
  failed: Set<string>;
  /** How often each stage was handed back because of the environment. */
  excused: Map<string, number>;
  /** The tokens under which it runs stages. */
  held: Map<string, number>;
  /** Claims under way. */
  claims: Set<Promise<unknown>>;
  /** The last count of failures in the worker's row, or release from them: see `inTurn`. */
  counting: Promise<unknown>;
  /** How often it was released. */
  releases: number;
  /** Why it takes no more until it is started again. */
  quarantined?: WorkerProblem;
  running: number;
  /** Time without a stage, as far as this process itself has run. */
  idleMs: number;
  /** Tells the queue which kinds to deliver. */
  take: (kinds: readonly StageKind[]) => void;
  quarantine(last: ElucidateError): void;
}

async function busy(state: WorkerState, work: () => Promise<void>): Promise<void> {
  state.running += 1;
  try {
    await work();
  } finally {
    state.running -= 1;
  }
}

/** A job is only a hint that there is a stage of its kind: which one is leased, the claim decides. */
async function handle(job: QueueJob, options: WorkerOptions, state: WorkerState): Promise<void> {
  const { queue, leaseMs = 30_000, signal } = options;
  if (signal.aborted || !state.setAside.taken.includes(job.kind)) return queue.add([job]);
  const claimed = await claimFor(job, { ...options, leaseMs }, state);
  if (claimed === null) return leaveToOthers(job, { ...options, leaseMs }, state);
  const { stageId, token } = claimed;
  await runClaimed(claimed, { ...options, leaseMs }, state).finally(() => {
    state.idleMs = 0;
    if (state.held.get(stageId) === token) state.held.delete(stageId);
  });
}

/** Null if there is nothing to run for the job, or no answer. What is claimed is held from the same moment on. */
async function claimFor(job: QueueJob, { store, workerId, leaseMs, codeVersions, log }: WorkerOptions & { leaseMs: number }, { held, claims }: WorkerState): Promise<ChosenStage | null> {
  const claim = claimNext(store.db, job, { workerId, leaseMs, ...(codeVersions !== undefined && { codeVersions }) }).then((claimed) => {
    if (claimed !== null) held.set(claimed.stageId, claimed.token);
    return claimed;
  }).catch((error: unknown) => {
    log(messageOf(error));
    return null;
  });
  claims.add(claim);
  return claim.finally(() => claims.delete(claim));
}

async function runClaimed(claimed: ChosenStage, options: WorkerOptions & { leaseMs: number }, state: WorkerState): Promise<void> {
  const { store, queue, log } = options;
  const name = `${claimed.kind} ${claimed.stageId.slice(0, 8)}`;
  const { releases } = state;
  log(`${name}: attempt ${claimed.token}`);
  const attempted = await attempt(claimed, { ...options, excuses: (stage, error) => isExcused(stage, error, options, state) });
  log(`${name}: ${describe(attempted)}`);
  await recordOutcome({ claimed, attempted, isOutdated: () => state.releases !== releases }, options, state);
  // what does not get into the queue now, the reconciler brings
  const add = async (): Promise<void> => queue.add([...attempted.jobs, ...(claimed.limited ? await jobsWithinLimits(store.db, claimed) : [])]);
  await add().catch((error: unknown) => log(messageOf(error)));
}

/**
 * A claim may have been made although its answer did not arrive: the stage is handed back. A stage of another code version is for a worker that has it:
 * this one must not empty the queue of its jobs meanwhile.
 */
async function leaveToOthers(job: QueueJob, { store, queue, workerId, codeVersions, leaseMs, signal }: WorkerOptions & { leaseMs: number }, { setAside, held, claims }: WorkerState): Promise<void> {
  const again = await patiently(() => handBackUnanswered(store.db, { workerId, held, pending: () => Promise.allSettled(claims) }), { forMs: leaseMs, signal });
  if (again.length > 0) return queue.add(again);
  const own = codeVersions?.[job.kind];
  if (own === undefined) return;
  const [other] = await rows<{ version: number }>(store.db, `select code_version as version from stages where id = $1 and state = 'ready' and code_version <> $2`, [job.stageId, own]);
  if (other === undefined) return;
  setAside.add(new ElucidateError('code.absent', `${job.kind} stage ${job.stageId.slice(0, 8)} needs code version ${other.version}, this worker has ${own}; run a worker of the version that planned it`), { kind: job.kind });
  await queue.add([job]);
}

/** A stage that keeps meeting an environment in which the worker finds nothing wrong is at fault itself. */
const maxExcuses = 5;

async function isExcused({ stageId }: ClaimedStage, { code }: ElucidateError, options: WorkerOptions, { excused }: WorkerState): Promise<boolean> {
  const times = (excused.get(stageId) ?? 0) + 1;
  excused.set(stageId, times);
  if (times <= maxExcuses || (code !== 'folder.unusable' && code !== 'process.unstartable')) return true;
  return checkEnvironment(options).then(() => false, () => true);
}

interface Outcome {
  claimed: ClaimedStage;
  attempted: Attempted;
  /** Whether somebody released the worker since the attempt began: what went wrong in it may be in order by now. */
  isOutdated(): boolean;
}

/** Failures of different stages in a row point to the worker, not to the stages. */
async function recordOutcome({ claimed, attempted, isOutdated }: Outcome, options: WorkerOptions, state: WorkerState): Promise<void> {
  const { store, workerId, maxFailures = 5 } = options;
  const { failed, excused, setAside, quarantine } = state;
  if (attempted.end === 'done') {
    state.done += 1;
    const suspected = failed.size > 0;
    failed.clear();
    if (suspected) await inTurn(state, () => countSuccess(store.db, workerId));
    excused.delete(claimed.stageId);
    const ran = programOf(claimed);
    if (ran !== undefined) setAside.proved(ran);
  } else if (attempted.end === 'unable') {
    await recordEnvironment(claimed, attempted.error, { db: store.db, workerId, setAside, isOutdated });
  } else if ('error' in attempted && attempted.end !== 'stale' && !isOwnFault(attempted.error) && !isOutdated()) {
    failed.add(claimed.stageId);
    await inTurn(state, async () => {
      // meanwhile a stage may have succeeded, or somebody released the worker
      if (failed.size > 0 && await countFailures(store.db, workerId, { failures: failed.size, limit: maxFailures })) quarantine(toElucidateError(attempted.error));
    });
  }
}

/** One after another, so that a failure counted late neither undoes a release nor outlasts a success. */
function inTurn(state: WorkerState, count: () => Promise<void>): Promise<void> {
  const counted = state.counting.then(count);
  state.counting = counted.catch(() => undefined);
  return counted;
}

/** A training run that diverges, or a stage that refuses what it is given, would do so on any worker. An unforeseen error has a stack in its details and may be the worker's. */
const isOwnFault = (error: unknown): boolean =>
  error instanceof ElucidateError && (error.code === 'stage.diverged' || (error.code === 'stage.failed' && !Object.hasOwn(error.details, 'stack')));

const describe = (attempted: Attempted): string => {
  if (attempted.end === 'unable') return `handed back, not counted: ${messageOf(attempted.error)}`;
  if ('error' in attempted) return `${attempted.end === 'ready' ? 'to be tried again' : attempted.end}: ${messageOf(attempted.error)}`;
  return attempted.end === 'taken' ? 'lease lost or cancelled; nothing written' : attempted.end;
};

const describeEnd = (reason: unknown): string => (reason instanceof ElucidateError ? reason.message : 'nothing to do');

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

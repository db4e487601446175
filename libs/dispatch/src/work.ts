import { ElucidateError } from '@elucidate/experiment/errors';
import type { ExecuteStage } from '@elucidate/experiment/execution';
import type { StageKind } from '@elucidate/experiment/stages';
import type { Store } from '@elucidate/store/store';
import { attempt, type Attempted } from './attempt.js';
import type { FailOptions } from './fail.js';
import { claim } from './lease.js';
import type { Queue, QueueJob } from './queue.js';
import { reconcileRepeatedly } from './reconcile-repeatedly.js';
import { countFailures, countSuccess, leaveWorker, showWorker } from './worker-row.js';

export interface WorkerOptions extends FailOptions {
  store: Store;
  queue: Queue;
  execute: ExecuteStage;
  workerId: string;
  kinds: readonly StageKind[];
  /** Stages run at once. */
  slots: number;
  /** Folder for checkpoints and unfinished outputs. */
  home: string;
  /** Human-readable description of what the worker computes with: "simd, 1 thread". */
  engine: string;
  leaseMs?: number;
  /** Number of different stages failing in a row after which the worker takes no more. */
  maxFailures?: number;
  /** Mean time between reconciler passes over all workers. */
  reconcileMs?: number;
  /** Abort to stop: running stages are handed back. */
  signal: AbortSignal;
  log: (line: string) => void;
}

const seenEveryMs = 10_000;

/** Takes stages and runs them until the signal is aborted; then hands back the running stages, and resolves. */
export async function runWorker(options: WorkerOptions): Promise<void> {
  const { store, queue, workerId: id, kinds, slots, engine, signal, log } = options;
  const row = { id, engine, kinds, concurrency: slots };
  await showWorker(store.db, row);
  const seen = setInterval(() => void showWorker(store.db, row).catch((error: unknown) => log(`worker row: ${messageOf(error)}`)), seenEveryMs);
  const reconciling = reconcileRepeatedly(options);
  const failed = new Set<string>();
  const consumer = queue.consume({ kinds, slots, handler: (job) => handle(job, options, { failed, quarantine }), onError: (error) => log(messageOf(error)) });
  function quarantine(): void {
    log(`quarantined: ${failed.size} different stages failed here in a row; fix what they have in common and start the worker again`);
    void consumer.close();
  }
  log(`takes ${kinds.join(', ')} from ${queue.name}, ${slots} at once, on ${engine}`);
  await aborted(signal);
  log('stopping: handing back what runs');
  const idle = consumer.close();
  await leaveWorker(store.db, id, 'stopping');
  await idle;
  clearInterval(seen);
  await reconciling;
  await leaveWorker(store.db, id, 'gone');
}

interface FailureTracker {
  /** Stages failed since the last one done. */
  failed: Set<string>;
  quarantine(): void;
}

/** A job is only a hint: a stage that cannot be claimed belongs to another worker. */
async function handle(job: QueueJob, options: WorkerOptions, failures: FailureTracker): Promise<void> {
  const { store, queue, workerId, leaseMs = 30_000, signal, log } = options;
  if (signal.aborted) return queue.add([job]);
  const claimed = await claim(store.db, job.stageId, { workerId, leaseMs });
  if (claimed === null) return;
  const name = `${claimed.kind} ${claimed.stageId.slice(0, 8)}`;
  log(`${name}: attempt ${claimed.token}`);
  const attempted = await attempt(claimed, { ...options, leaseMs });
  log(`${name}: ${describe(attempted)}`);
  await recordOutcome(claimed.stageId, attempted, options, failures);
  await queue.add(attempted.jobs).catch((error: unknown) => log(messageOf(error)));
}

/** Failures of different stages in a row point to the worker, not to the stages. */
async function recordOutcome(stageId: string, attempted: Attempted, { store, workerId, maxFailures = 5 }: WorkerOptions, { failed, quarantine }: FailureTracker): Promise<void> {
  if (attempted.end === 'done') {
    if (failed.size > 0) await countSuccess(store.db, workerId);
    failed.clear();
  } else if ('error' in attempted && attempted.end !== 'stale' && !isOwnFault(attempted.error)) {
    failed.add(stageId);
    if (await countFailures(store.db, workerId, { failures: failed.size, limit: maxFailures })) quarantine();
  }
}

/** A training run that diverges would do so on any worker. */
const isOwnFault = (error: unknown): boolean => error instanceof ElucidateError && error.code === 'stage.diverged';

const describe = (attempted: Attempted): string => {
  if ('error' in attempted) return `${attempted.end === 'ready' ? 'to be tried again' : attempted.end}: ${messageOf(attempted.error)}`;
  return attempted.end === 'taken' ? 'lease lost or cancelled; nothing written' : attempted.end;
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

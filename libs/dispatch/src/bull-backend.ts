import { stageKinds, type StageKind } from '@elucidate/experiment/stages';
import type { IQueueBackend, Queue, Worker } from 'bullmq';
import type { QueueJob } from './queue.js';

/** One BullMQ queue for each kind of stage. */
export type BullQueue = Queue<QueueJob, unknown, string>;
/** BullMQ's worker over any of its stores, polled for one job at a time. */
export type BullWorker = Worker<QueueJob, unknown, string, IQueueBackend>;

/** How BullMQ connects to its store. */
export interface BullBackend {
  /** "BullMQ on Redis". */
  readonly name: string;
  queue(kind: StageKind): BullQueue;
  worker(kind: StageKind): BullWorker;
  /** Those of the jobs of a kind, by id, that are in the store. */
  present(kind: StageKind, ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** Runs one operation of BullMQ; rejects within seconds if the store does not respond. */
  run<T>(operation: () => Promise<T>): Promise<T>;
  /** Listens for new jobs, on one connection for all kinds. */
  listen(): JobNews;
  close(): Promise<void>;
}

export interface JobNews {
  /** Resolves with kinds that may have jobs: those of which a job was added since the last call, or after a while all of `kinds`. With none when the signal is aborted. */
  next(kinds: readonly StageKind[], signal: AbortSignal): Promise<readonly StageKind[]>;
  close(): Promise<void>;
}

export const queueName = (kind: StageKind): string => `elucidate-${kind}`;
export const kindOfQueue = (name: string): StageKind | undefined => stageKinds.find((kind) => queueName(kind) === name);

/** A job is active only between being taken and being removed; if its worker dies or freezes in between, it may be queued again after this long. */
export const lockMs = 10_000;
/** Of queues and workers. BullMQ queues a job again at the second look that finds it taken, and looks at most as often as this. */
export const stalledOptions = { maxStalledCount: 1000, stalledInterval: 1000 } as const;
export const workerOptions = { ...stalledOptions, autorun: false, lockDuration: lockMs } as const;

/** Rejects if something has not settled in time. */
export function within<T>(ms: number, something: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not answer within ${ms / 1000} s`)), ms);
  });
  return Promise.race([something, late]).finally(() => clearTimeout(timer));
}

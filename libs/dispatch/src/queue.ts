import type { StageKind } from '@elucidate/experiment/stages';

/** A hint that a stage may be leased: that one, or another of its kind. It decides nothing: the claim in Postgres does. */
export interface QueueJob {
  stageId: string;
  kind: StageKind;
  /** The stage's token when it became ready. Two jobs with the same stage and token are one job. */
  token: number;
  /** Position in the plan; within a kind, lower goes first. */
  position: number;
}

export interface ConsumeOptions {
  kinds: readonly StageKind[];
  /** Jobs handled at once, over all kinds. */
  slots: number;
  /** The handler deals with its own errors; one that escapes is reported to `onError` and the job is not requeued. */
  handler(job: QueueJob): Promise<void>;
  onError?(error: unknown): void;
}

export interface Consumer {
  /** From now on takes jobs of these kinds only. */
  take(kinds: readonly StageKind[]): void;
  /** Takes no more jobs, and resolves when those taken have been handled. */
  close(): Promise<void>;
}

/**
 * Carries jobs from the process that makes a stage ready to a worker with a free slot. A job is gone once it is taken; from then on
 * the lease records who works on what, so a job lost in between is requeued by the reconciler and no work is lost.
 */
export interface Queue {
  /** The queue's name in logs: "inline", "BullMQ on PostgreSQL", "BullMQ on Redis". */
  readonly name: string;
  add(jobs: readonly QueueJob[]): Promise<void>;
  /** Those of the jobs that it does not have; they were taken, or lost. One that somebody took and did not remove is there, and waits again within seconds if this is called repeatedly. */
  lacking(jobs: readonly QueueJob[]): Promise<QueueJob[]>;
  /** Jobs not yet taken, by kind. */
  depth(): Promise<Readonly<Record<StageKind, number>>>;
  consume(options: ConsumeOptions): Consumer;
  /** Closes its consumers, then its connections. */
  close(): Promise<void>;
}

export const jobId = (job: QueueJob): string => `${job.stageId}-${job.token}`;

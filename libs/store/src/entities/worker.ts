import type { ErrorCode } from '@elucidate/experiment/errors';
import type { StageKind } from '@elucidate/experiment/stages';
import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** Something wrong with a worker's own environment, until it is fixed. */
export interface WorkerProblem {
  /** Kinds of stage that the worker does not take because of it. */
  kinds: StageKind[];
  code: ErrorCode;
  message: string;
  /** ISO time. */
  since: string;
  /** ISO time at which the worker looks again; absent: not before it is released or started again, or, where it keeps taking all kinds, with the next such stage. */
  until?: string;
  /** The data set that it lacks. */
  dataset?: unknown;
  /** The program, by the sha256 of its archive, of which it lacks the interpreter or another need; remembered until a stage of it is done here, or for an hour. */
  program?: string;
}

export type WorkerState = 'active' | 'stopping' | 'quarantined' | 'gone';

@Entity('workers')
@Check('workers_state', `state in ('active', 'stopping', 'quarantined', 'gone')`)
export class Worker {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'workers_pkey' }) id!: string;
  @Column({ type: 'text' }) host!: string;
  @Column({ type: 'integer' }) pid!: number;
  @Column({ type: 'text' }) engine!: string;
  @Column({ type: 'text', array: true }) kinds!: string[];
  @Column({ type: 'integer' }) concurrency!: number;
  @Column({ type: 'text' }) state!: WorkerState;
  /** Failures in a row, over different stages. */
  @Column({ type: 'integer', default: 0 }) failures!: number;
  @Column({ name: 'set_aside', type: 'jsonb', default: [] }) setAside!: WorkerProblem[];
  /** Of the code it runs; null: of a version that did not say so. */
  @Column({ type: 'text', nullable: true }) version!: string | null;
  /** Stages it has completed, by its last heartbeat. */
  @Column({ name: 'done_stages', type: 'integer', default: 0 }) doneStages!: number;
  /** Kinds that it is asked to take again; null: it has heard. */
  @Column({ name: 'release_kinds', type: 'text', array: true, nullable: true }) releaseKinds!: string[] | null;
  @Column({ name: 'started_at', type: 'timestamptz', default: () => 'clock_timestamp()' }) startedAt!: Date;
  @Column({ name: 'seen_at', type: 'timestamptz', default: () => 'clock_timestamp()' }) seenAt!: Date;
}

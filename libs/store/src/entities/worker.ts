import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

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
  @Column({ name: 'started_at', type: 'timestamptz', default: () => 'clock_timestamp()' }) startedAt!: Date;
  @Column({ name: 'seen_at', type: 'timestamptz', default: () => 'clock_timestamp()' }) seenAt!: Date;
}

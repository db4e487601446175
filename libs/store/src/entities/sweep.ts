import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';

export type SweepState = 'running' | 'done' | 'failed' | 'cancelled';

@Entity('sweeps')
@Check('sweeps_state', `state in ('running', 'done', 'failed', 'cancelled')`)
@Unique('sweeps_idempotency_key', ['owner', 'idempotencyKey'])
@Check('sweeps_weight', 'weight > 0')
@Check('sweeps_concurrency', 'concurrency > 0')
@Index('sweeps_running', ['owner'], { where: `state = 'running'` })
@Index('sweeps_created_at', ['createdAt', 'id'])
@Index('sweeps_owner', ['owner', 'createdAt', 'id'])
export class Sweep {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'sweeps_pkey' }) id!: string;
  @Column({ type: 'text' }) name!: string;
  /** Id of the principal that submitted it. */
  @Column({ type: 'text', default: 'local' }) owner!: string;
  @Column({ type: 'text' }) state!: SweepState;
  /** As resolved by the spec parser: every default filled in. */
  @Column({ type: 'jsonb' }) spec!: unknown;
  /** Content id of the spec as it was submitted: what an idempotency key stands for. */
  @Column({ name: 'spec_hash', type: 'text' }) specHash!: string;
  /** The parameters in the order of the grid's axes, which jsonb forgets; null for sweeps of earlier versions. */
  @Column({ name: 'parameter_order', type: 'text', array: true, nullable: true }) parameterOrder!: string[] | null;
  @Column({ name: 'idempotency_key', type: 'text', nullable: true }) idempotencyKey!: string | null;
  /** Every edit of the sweep increases it. */
  @Column({ type: 'integer', default: 1 }) version!: number;
  /** A stage that has not ended: while that holds, the sweep is not over. */
  @Column({ name: 'watched_stage_id', type: 'text', nullable: true }) watchedStageId!: string | null;
  /** Since then no stage is claimed for it. */
  @Column({ name: 'paused_at', type: 'timestamptz', nullable: true }) pausedAt!: Date | null;
  /** Since then it ends, with the cells that ran. */
  @Column({ name: 'stopped_at', type: 'timestamptz', nullable: true }) stoppedAt!: Date | null;
  /** Among its owner's sweeps; higher goes first. */
  @Column({ type: 'integer', default: 0 }) priority!: number;
  /** Its share, relative to those of its owner's sweeps of the same priority. */
  @Column({ type: 'double precision', default: 1 }) weight!: number;
  /** Stages that run at once, at most; null: no limit. */
  @Column({ type: 'integer', nullable: true }) concurrency!: number | null;
  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'clock_timestamp()' }) createdAt!: Date;
  @Column({ name: 'ended_at', type: 'timestamptz', nullable: true }) endedAt!: Date | null;
}

import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { Stage } from './stage.js';

export type AttemptOutcome = 'done' | 'failed' | 'expired' | 'released' | 'cancelled';

/** One try of one worker at one stage. */
@Entity('attempts')
@Check('attempts_outcome', `outcome in ('done', 'failed', 'expired', 'released', 'cancelled')`)
@Index('attempts_failed', ['stageId', 'token'], { where: `outcome in ('failed', 'expired')` })
@Index('attempts_failed_on', ['workerId'], { where: `outcome in ('failed', 'expired')` })
@Index('attempts_log_hash', ['logHash'], { where: 'log_hash is not null' })
export class Attempt {
  @PrimaryColumn({ name: 'stage_id', type: 'text', primaryKeyConstraintName: 'attempts_pkey' }) stageId!: string;
  /** The fencing token, a bigint as text. */
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'attempts_pkey' }) token!: string;
  @Column({ name: 'worker_id', type: 'text' }) workerId!: string;
  @Column({ name: 'started_at', type: 'timestamptz', default: () => 'clock_timestamp()' }) startedAt!: Date;
  @Column({ name: 'ended_at', type: 'timestamptz', nullable: true }) endedAt!: Date | null;
  @Column({ type: 'text', nullable: true }) outcome!: AttemptOutcome | null;
  @Column({ type: 'jsonb', nullable: true }) error!: unknown;
  /** The artifact with its log; null where there is none, or where `log` has it. */
  @Column({ name: 'log_hash', type: 'text', nullable: true }) logHash!: string | null;
  /** The log itself, if it is short and the attempt ended well. */
  @Column({ type: 'text', nullable: true }) log!: string | null;
  @ManyToOne(() => Stage, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'stage_id', foreignKeyConstraintName: 'attempts_stage_id_fkey' })
  stage!: Relation<Stage>;
}

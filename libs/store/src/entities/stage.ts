import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { StageKind, StageState } from '@elucidate/experiment/stages';

@Entity('stages')
@Check('stages_state', `state in ('waiting', 'ready', 'running', 'done', 'failed', 'quarantined', 'cancelled')`)
@Index('stages_ready', ['kind', 'readyAt'], { where: `state = 'ready' and ready_at is not null` })
@Index('stages_latest_done', ['kind', 'endedAt'], { where: `state = 'done'` })
@Index('stages_leased', ['leaseExpiresAt'], { where: `state = 'running' and lease_expires_at is not null` })
export class Stage {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'stages_pkey' }) id!: string;
  @Column({ type: 'text' }) kind!: StageKind;
  @Column({ name: 'code_version', type: 'integer' }) codeVersion!: number;
  @Column({ type: 'jsonb' }) params!: unknown;
  @Column({ type: 'text' }) state!: StageState;
  /** Estimated floating-point operations. */
  @Column({ type: 'double precision' }) work!: number;
  /** The fencing token, a bigint as text. */
  @Column({ type: 'bigint', default: 0 }) token!: string;
  /** Attempts that count against the stage; a clean release does not. */
  @Column({ name: 'counted_attempts', type: 'integer', default: 0 }) countedAttempts!: number;
  @Column({ name: 'worker_id', type: 'text', nullable: true }) workerId!: string | null;
  @Column({ name: 'lease_expires_at', type: 'timestamptz', nullable: true }) leaseExpiresAt!: Date | null;
  /** Length of the lease: its end is never later than now and this. */
  @Column({ name: 'lease_ms', type: 'integer', nullable: true }) leaseMs!: number | null;
  @Column({ name: 'not_before', type: 'timestamptz', nullable: true }) notBefore!: Date | null;
  @Column({ type: 'jsonb', nullable: true }) progress!: unknown;
  @Column({ type: 'jsonb', nullable: true }) error!: unknown;
  @Column({ type: 'jsonb', nullable: true }) provenance!: unknown;
  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'clock_timestamp()' }) createdAt!: Date;
  @Column({ name: 'ready_at', type: 'timestamptz', nullable: true }) readyAt!: Date | null;
  @Column({ name: 'started_at', type: 'timestamptz', nullable: true }) startedAt!: Date | null;
  @Column({ name: 'ended_at', type: 'timestamptz', nullable: true }) endedAt!: Date | null;
}

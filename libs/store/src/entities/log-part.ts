import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { Attempt } from './attempt.js';

/** What an attempt printed between two heartbeats; removed once its whole log is stored. */
@Entity('log_parts')
export class LogPart {
  @PrimaryColumn({ name: 'stage_id', type: 'text', primaryKeyConstraintName: 'log_parts_pkey' }) stageId!: string;
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'log_parts_pkey' }) token!: string;
  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'log_parts_pkey' }) part!: number;
  @Column({ type: 'text' }) text!: string;
  @ManyToOne(() => Attempt, { onDelete: 'CASCADE' })
  @JoinColumn([
    { name: 'stage_id', referencedColumnName: 'stageId', foreignKeyConstraintName: 'log_parts_attempt_fkey' },
    { name: 'token', referencedColumnName: 'token', foreignKeyConstraintName: 'log_parts_attempt_fkey' },
  ])
  attempt!: Relation<Attempt>;
}

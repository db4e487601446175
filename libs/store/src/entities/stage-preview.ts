import { Check, Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { Attempt } from './attempt.js';

/** The latest picture that an attempt showed of what it trains; removed once the stage is done. */
@Entity('stage_previews')
@Check('stage_previews_size', 'octet_length(png) <= 1048576')
export class StagePreview {
  @PrimaryColumn({ name: 'stage_id', type: 'text', primaryKeyConstraintName: 'stage_previews_pkey' }) stageId!: string;
  @Column({ type: 'bigint' }) token!: string;
  @Column({ name: 'taken_at', type: 'timestamptz' }) takenAt!: Date;
  @Column({ type: 'bytea' }) png!: Buffer;
  @ManyToOne(() => Attempt, { onDelete: 'CASCADE' })
  @JoinColumn([
    { name: 'stage_id', referencedColumnName: 'stageId', foreignKeyConstraintName: 'stage_previews_attempt_fkey' },
    { name: 'token', referencedColumnName: 'token', foreignKeyConstraintName: 'stage_previews_attempt_fkey' },
  ])
  attempt!: Relation<Attempt>;
}

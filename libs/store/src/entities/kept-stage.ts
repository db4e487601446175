import { Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { SweepStage } from './sweep-stage.js';

/** A stage that a sweep which is being stopped still wants: one of its cells that ran, or what such a cell needs. */
@Entity('kept_stages')
export class KeptStage {
  @PrimaryColumn({ name: 'sweep_id', type: 'text', primaryKeyConstraintName: 'kept_stages_pkey' }) sweepId!: string;
  @PrimaryColumn({ name: 'stage_id', type: 'text', primaryKeyConstraintName: 'kept_stages_pkey' }) stageId!: string;
  @ManyToOne(() => SweepStage, { onDelete: 'CASCADE' })
  @JoinColumn([
    { name: 'sweep_id', referencedColumnName: 'sweepId', foreignKeyConstraintName: 'kept_stages_place_fkey' },
    { name: 'stage_id', referencedColumnName: 'stageId', foreignKeyConstraintName: 'kept_stages_place_fkey' },
  ])
  place!: Relation<SweepStage>;
}

import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { Artifact } from './artifact.js';
import { Stage } from './stage.js';

@Entity('stage_outputs')
@Index('stage_outputs_hash', ['hash'])
export class StageOutput {
  @PrimaryColumn({ name: 'stage_id', type: 'text', primaryKeyConstraintName: 'stage_outputs_pkey' }) stageId!: string;
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'stage_outputs_pkey' }) name!: string;
  @Column({ type: 'text' }) hash!: string;
  @ManyToOne(() => Stage, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'stage_id', foreignKeyConstraintName: 'stage_outputs_stage_id_fkey' })
  stage!: Relation<Stage>;
  @ManyToOne(() => Artifact)
  @JoinColumn({ name: 'hash', foreignKeyConstraintName: 'stage_outputs_hash_fkey' })
  artifact!: Relation<Artifact>;
}

import { Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, Column, type Relation } from 'typeorm';
import { Stage } from './stage.js';

/** An edge of the graph: `stage` reads the output of `input` under `name`. */
@Entity('stage_inputs')
@Index('stage_inputs_input_id', ['inputId', 'stageId'])
export class StageInput {
  @PrimaryColumn({ name: 'stage_id', type: 'text', primaryKeyConstraintName: 'stage_inputs_pkey' }) stageId!: string;
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'stage_inputs_pkey' }) name!: string;
  @Column({ name: 'input_id', type: 'text' }) inputId!: string;
  /** Written together; a trigger takes it along when the stage is deleted. */
  @ManyToOne(() => Stage, { createForeignKeyConstraints: false })
  @JoinColumn({ name: 'stage_id' })
  stage!: Relation<Stage>;
  @ManyToOne(() => Stage)
  @JoinColumn({ name: 'input_id', foreignKeyConstraintName: 'stage_inputs_input_id_fkey' })
  input!: Relation<Stage>;
}

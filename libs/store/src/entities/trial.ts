import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { Cell } from './cell.js';
import { Stage } from './stage.js';

/** A cell with its seeds; its numbers are the metrics of its score stage. */
@Entity('trials')
@Index('trials_score_stage_id', ['scoreStageId'])
export class Trial {
  @PrimaryColumn({ name: 'sweep_id', type: 'text', primaryKeyConstraintName: 'trials_pkey' }) sweepId!: string;
  @PrimaryColumn({ name: 'cell_id', type: 'text', primaryKeyConstraintName: 'trials_pkey' }) cellId!: string;
  @PrimaryColumn({ name: 'train_seed', type: 'integer', primaryKeyConstraintName: 'trials_pkey' }) trainSeed!: number;
  @PrimaryColumn({ name: 'sample_seed', type: 'integer', primaryKeyConstraintName: 'trials_pkey' }) sampleSeed!: number;
  @Column({ name: 'train_stage_id', type: 'text' }) trainStageId!: string;
  @Column({ name: 'sample_stage_id', type: 'text' }) sampleStageId!: string;
  @Column({ name: 'score_stage_id', type: 'text' }) scoreStageId!: string;
  @ManyToOne(() => Cell, (cell) => cell.trials, { onDelete: 'CASCADE' })
  @JoinColumn([
    { name: 'sweep_id', referencedColumnName: 'sweepId', foreignKeyConstraintName: 'trials_cell_fkey' },
    { name: 'cell_id', referencedColumnName: 'id', foreignKeyConstraintName: 'trials_cell_fkey' },
  ])
  cell!: Relation<Cell>;
  @ManyToOne(() => Stage)
  @JoinColumn({ name: 'train_stage_id', foreignKeyConstraintName: 'trials_train_stage_id_fkey' })
  trainStage!: Relation<Stage>;
  @ManyToOne(() => Stage)
  @JoinColumn({ name: 'sample_stage_id', foreignKeyConstraintName: 'trials_sample_stage_id_fkey' })
  sampleStage!: Relation<Stage>;
  @ManyToOne(() => Stage)
  @JoinColumn({ name: 'score_stage_id', foreignKeyConstraintName: 'trials_score_stage_id_fkey' })
  scoreStage!: Relation<Stage>;
}

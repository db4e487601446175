import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { Stage } from './stage.js';
import { Sweep } from './sweep.js';

/** A stage that a sweep needs; several sweeps may need the same stage. */
@Entity('sweep_stages')
@Index('sweep_stages_stage_id', ['stageId'])
@Index('sweep_stages_position', ['sweepId', 'position'])
@Index('sweep_stages_counted', ['sweepId', 'counted', 'position'])
@Index('sweep_stages_trained', ['sweepId', 'position'], { where: 'trained' })
export class SweepStage {
  @PrimaryColumn({ name: 'sweep_id', type: 'text', primaryKeyConstraintName: 'sweep_stages_pkey' }) sweepId!: string;
  @PrimaryColumn({ name: 'stage_id', type: 'text', primaryKeyConstraintName: 'sweep_stages_pkey' }) stageId!: string;
  @Column({ type: 'integer' }) position!: number;
  /** The stage was already done when the sweep was submitted. */
  @Column({ type: 'boolean' }) reused!: boolean;
  /** The state under which stage_counts has it. */
  @Column({ type: 'text', default: 'waiting' }) counted!: string;
  /** A training run that stage_counts has among those that are done. */
  @Column({ type: 'boolean', default: false }) trained!: boolean;
  /** What sweep_sizes has of it, in seconds. */
  @Column({ type: 'double precision', default: 0 }) spent!: number;
  @Column({ type: 'double precision', default: 0 }) saved!: number;
  @ManyToOne(() => Sweep, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'sweep_id', foreignKeyConstraintName: 'sweep_stages_sweep_id_fkey' })
  sweep!: Relation<Sweep>;
  @ManyToOne(() => Stage)
  @JoinColumn({ name: 'stage_id', foreignKeyConstraintName: 'sweep_stages_stage_id_fkey' })
  stage!: Relation<Stage>;
}

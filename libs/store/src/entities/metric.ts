import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { Stage } from './stage.js';

/** One number computed by a stage, with everything that decides what it can be compared with. */
@Entity('metrics')
export class Metric {
  @PrimaryColumn({ name: 'stage_id', type: 'text', primaryKeyConstraintName: 'metrics_pkey' }) stageId!: string;
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'metrics_pkey' }) name!: string;
  @Column({ type: 'double precision' }) value!: number;
  @Column({ type: 'double precision', nullable: true }) stddev!: number | null;
  @Column({ type: 'integer', nullable: true }) n!: number | null;
  @Column({ type: 'text', nullable: true }) evaluator!: string | null;
  @Column({ type: 'jsonb', nullable: true }) details!: unknown;
  @ManyToOne(() => Stage, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'stage_id', foreignKeyConstraintName: 'metrics_stage_id_fkey' })
  stage!: Relation<Stage>;
}

import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { Stage } from './stage.js';

/** A stage whose state has changed, and whose followers and sweeps have not been looked at since. */
@Entity('unsettled_stages')
export class UnsettledStage {
  @PrimaryColumn({ name: 'stage_id', type: 'text', primaryKeyConstraintName: 'unsettled_stages_pkey' }) stageId!: string;
  /** Of a stage that very many read: the last follower that has been looked at. */
  @Column({ name: 'settled_to', type: 'text', nullable: true }) settledTo!: string | null;
  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' }) at!: Date;
  @ManyToOne(() => Stage, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'stage_id', foreignKeyConstraintName: 'unsettled_stages_stage_id_fkey' })
  stage!: Relation<Stage>;
}

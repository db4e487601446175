import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { Stage } from './stage.js';
import { Trial } from './trial.js';

/** A stage of a trial, with its role. Trials share stages. */
@Entity('trial_stages')
@Index('trial_stages_stage_id', ['stageId'])
export class TrialStage {
  /** A bigint as text. */
  @PrimaryColumn({ name: 'trial_id', type: 'bigint', primaryKeyConstraintName: 'trial_stages_pkey' }) trialId!: string;
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'trial_stages_pkey' }) role!: string;
  @Column({ name: 'stage_id', type: 'text' }) stageId!: string;
  /** Written together; a trigger takes it along when the trial is deleted. */
  @ManyToOne(() => Trial, { createForeignKeyConstraints: false })
  @JoinColumn({ name: 'trial_id' })
  trial!: Relation<Trial>;
  /** One of its sweep's, so that no key needs to say that it exists. */
  @ManyToOne(() => Stage, { createForeignKeyConstraints: false })
  @JoinColumn({ name: 'stage_id' })
  stage!: Relation<Stage>;
}

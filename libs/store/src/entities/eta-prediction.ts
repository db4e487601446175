import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { Sweep } from './sweep.js';

/** When a sweep was expected to end, as it had done so much of its work. */
@Entity('eta_predictions')
export class EtaPrediction {
  @PrimaryColumn({ name: 'sweep_id', type: 'text', primaryKeyConstraintName: 'eta_predictions_pkey' }) sweepId!: string;
  /** Of the sweep: an edit changes what is left. */
  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'eta_predictions_pkey' }) version!: number;
  /** Percent of the work that was done, rounded down to one of few. */
  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'eta_predictions_pkey' }) moment!: number;
  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' }) at!: Date;
  @Column({ type: 'double precision' }) seconds!: number;
  @Column({ type: 'double precision' }) low!: number;
  @Column({ type: 'double precision' }) high!: number;
  @Column({ type: 'integer' }) slots!: number;
  @ManyToOne(() => Sweep, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'sweep_id', foreignKeyConstraintName: 'eta_predictions_sweep_id_fkey' })
  sweep!: Relation<Sweep>;
}

import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { Sweep } from './sweep.js';

/** A sweep that was submitted, retried or cancelled, and whose stages have not all been brought into line. */
@Entity('unsettled_sweeps')
export class UnsettledSweep {
  @PrimaryColumn({ name: 'sweep_id', type: 'text', primaryKeyConstraintName: 'unsettled_sweeps_pkey' }) sweepId!: string;
  /** The first stage, by its place in the plan, that is still to be looked at; -1: only whether the sweep is over. */
  @Column({ type: 'integer', default: 0 }) position!: number;
  /** Stages that failed permanently or were cancelled before this time start again. */
  @Column({ name: 'restart_before', type: 'timestamptz', default: () => 'clock_timestamp()' }) restartBefore!: Date;
  /** When somebody last worked on it. */
  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' }) at!: Date;
  @ManyToOne(() => Sweep, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'sweep_id', foreignKeyConstraintName: 'unsettled_sweeps_sweep_id_fkey' })
  sweep!: Relation<Sweep>;
}

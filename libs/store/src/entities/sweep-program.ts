import { Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { Program } from './program.js';
import { Sweep } from './sweep.js';

/** A program that a sweep names, wherever in it; a trigger writes it. */
@Entity('sweep_programs')
@Index('sweep_programs_contents', ['contents'])
export class SweepProgram {
  @PrimaryColumn({ name: 'sweep_id', type: 'text', primaryKeyConstraintName: 'sweep_programs_pkey' }) sweepId!: string;
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'sweep_programs_pkey' }) contents!: string;
  @ManyToOne(() => Sweep, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'sweep_id', foreignKeyConstraintName: 'sweep_programs_sweep_id_fkey' })
  sweep!: Relation<Sweep>;
  @ManyToOne(() => Program)
  @JoinColumn({ name: 'contents', foreignKeyConstraintName: 'sweep_programs_contents_fkey' })
  program!: Relation<Program>;
}

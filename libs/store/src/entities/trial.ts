import { Column, Entity, JoinColumn, ManyToOne, PrimaryGeneratedColumn, Unique, type Relation } from 'typeorm';
import { Cell } from './cell.js';

/** A cell with its seeds. The stages its numbers come from are in trial_stages. */
@Entity('trials')
@Unique('trials_key', ['sweepId', 'cellId', 'trainSeed', 'sampleSeed'])
export class Trial {
  /** A bigint as text. */
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS', primaryKeyConstraintName: 'trials_pkey' }) id!: string;
  @Column({ name: 'sweep_id', type: 'text' }) sweepId!: string;
  @Column({ name: 'cell_id', type: 'text' }) cellId!: string;
  @Column({ name: 'train_seed', type: 'integer' }) trainSeed!: number;
  @Column({ name: 'sample_seed', type: 'integer' }) sampleSeed!: number;
  @ManyToOne(() => Cell, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn([
    { name: 'sweep_id', referencedColumnName: 'sweepId', foreignKeyConstraintName: 'trials_cell_fkey' },
    { name: 'cell_id', referencedColumnName: 'id', foreignKeyConstraintName: 'trials_cell_fkey' },
  ])
  cell!: Relation<Cell>;
}

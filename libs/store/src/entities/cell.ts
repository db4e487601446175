import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { Sweep } from './sweep.js';

/** One point of a sweep's grid, without seeds; the same point in two sweeps has the same id. */
@Entity('cells')
@Index('cells_position', ['sweepId', 'position'])
export class Cell {
  @PrimaryColumn({ name: 'sweep_id', type: 'text', primaryKeyConstraintName: 'cells_pkey' }) sweepId!: string;
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'cells_pkey' }) id!: string;
  @Column({ type: 'integer' }) position!: number;
  @Column({ type: 'jsonb' }) config!: Record<string, unknown>;
  @ManyToOne(() => Sweep, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'sweep_id', foreignKeyConstraintName: 'cells_sweep_id_fkey' })
  sweep!: Relation<Sweep>;
}

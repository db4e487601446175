import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, PrimaryGeneratedColumn, Unique, type Relation } from 'typeorm';
import { Cell } from './cell.js';
import { Sweep } from './sweep.js';

/** A value of a key of a sweep's configurations. */
@Entity('sweep_axes')
export class SweepAxis {
  @PrimaryColumn({ name: 'sweep_id', type: 'text', primaryKeyConstraintName: 'sweep_axes_pkey' }) sweepId!: string;
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'sweep_axes_pkey' }) key!: string;
  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'sweep_axes_pkey' }) place!: number;
  @Column({ type: 'jsonb', nullable: true }) value!: unknown;
  @Column({ type: 'integer', nullable: true }) dimension!: number | null;
  @ManyToOne(() => Sweep, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'sweep_id', foreignKeyConstraintName: 'sweep_axes_sweep_id_fkey' })
  sweep!: Relation<Sweep>;
}

/** Which value a cell has on each axis that varies. */
@Entity('cell_places')
@Index('cell_places_place', ['sweepId', 'place'])
export class CellPlace {
  @PrimaryColumn({ name: 'sweep_id', type: 'text', primaryKeyConstraintName: 'cell_places_pkey' }) sweepId!: string;
  @PrimaryColumn({ name: 'cell_id', type: 'text', primaryKeyConstraintName: 'cell_places_pkey' }) cellId!: string;
  @Column({ type: 'integer' }) position!: number;
  @Column({ type: 'integer', array: true }) place!: number[];
  @ManyToOne(() => Cell, { onDelete: 'CASCADE' })
  @JoinColumn([
    { name: 'sweep_id', referencedColumnName: 'sweepId', foreignKeyConstraintName: 'cell_places_cell_fkey' },
    { name: 'cell_id', referencedColumnName: 'id', foreignKeyConstraintName: 'cell_places_cell_fkey' },
  ])
  cell!: Relation<Cell>;
}

/** Tables by two axes whose sums are kept. */
@Entity('kept_tables')
@Unique('kept_tables_asked', ['sweepId', 'metric', 'axes'])
export class KeptTables {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS', primaryKeyConstraintName: 'kept_tables_pkey' }) id!: string;
  @Column({ name: 'sweep_id', type: 'text' }) sweepId!: string;
  @Column({ type: 'text' }) metric!: string;
  @Column({ type: 'integer', array: true }) axes!: number[];
  @ManyToOne(() => Sweep, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'sweep_id', foreignKeyConstraintName: 'kept_tables_sweep_id_fkey' })
  sweep!: Relation<Sweep>;
}

/** How full one of these tables is, and the sum of its means. */
@Entity('table_sums')
export class TableSum {
  @PrimaryColumn({ name: 'table_id', type: 'bigint', primaryKeyConstraintName: 'table_sums_pkey' }) tableId!: string;
  @PrimaryColumn({ type: 'integer', array: true, primaryKeyConstraintName: 'table_sums_pkey' }) place!: number[];
  @Column({ type: 'integer' }) position!: number;
  @Column({ type: 'integer' }) entries!: number;
  @Column({ type: 'numeric' }) total!: string;
  @ManyToOne(() => KeptTables, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'table_id', foreignKeyConstraintName: 'table_sums_table_id_fkey' })
  tables!: Relation<KeptTables>;
}

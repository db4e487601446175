import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type ColumnType, type Relation } from 'typeorm';
import { Sweep } from './sweep.js';

/** Missing from TypeORM's list of types; connect() adds it. */
export const transactionIdType = 'xid8' as ColumnType;

@Entity('events')
@Index('events_sweep_id', ['sweepId', 'id'])
export class Event {
  /** A bigint as text; grows from transaction to transaction. */
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'events_pkey', default: () => 'next_event_id()' }) id!: string;
  /** null: concerns the whole installation. */
  @Column({ name: 'sweep_id', type: 'text', nullable: true }) sweepId!: string | null;
  @Column({ type: 'text' }) type!: string;
  @Column({ type: 'jsonb' }) data!: unknown;
  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' }) at!: Date;
  /** The transaction that wrote it. */
  @Column({ type: transactionIdType, default: () => 'pg_current_xact_id()' }) xid!: string;
  @ManyToOne(() => Sweep, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'sweep_id', foreignKeyConstraintName: 'events_sweep_id_fkey' })
  sweep!: Relation<Sweep> | null;
}

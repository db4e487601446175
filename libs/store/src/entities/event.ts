import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm';
import { Sweep } from './sweep.js';

@Entity('events')
@Index('events_sweep_id', ['sweepId', 'id'])
@Index('events_id', ['id'], { unique: true })
@Index('events_not_numbered', ['position'], { where: 'id IS NULL' })
export class Event {
  /** A bigint as text: the order of writing. */
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS', primaryKeyConstraintName: 'events_pkey' }) position!: string;
  /** A bigint as text, increasing; null until number_events() has numbered it. */
  @Column({ type: 'bigint', nullable: true }) id!: string | null;
  /** null: concerns the whole installation. */
  @Column({ name: 'sweep_id', type: 'text', nullable: true }) sweepId!: string | null;
  @Column({ type: 'text' }) type!: string;
  @Column({ type: 'jsonb' }) data!: unknown;
  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' }) at!: Date;
  @ManyToOne(() => Sweep, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'sweep_id', foreignKeyConstraintName: 'events_sweep_id_fkey' })
  sweep!: Relation<Sweep> | null;
}

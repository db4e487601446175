import { Check, Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { Sweep } from './sweep.js';

/** How much of the fleet an owner has had, in units of work by weight (start-time fair queueing). */
@Entity('owner_shares')
@Check('owner_shares_weight', 'weight > 0')
export class OwnerShare {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'owner_shares_pkey' }) owner!: string;
  @Column({ type: 'double precision', default: 1 }) weight!: number;
  /** When, in the virtual time of all owners, it last had a turn. */
  @Column({ type: 'double precision', default: 0 }) served!: number;
  /** When it is its turn again. */
  @Column({ type: 'double precision', default: 0 }) tag!: number;
  /** The virtual time among its sweeps. */
  @Column({ type: 'double precision', default: 0 }) clock!: number;
  @Column({ type: 'bigint', default: 0 }) turns!: string;
}

/** When, in the virtual time of its owner's sweeps, it is a sweep's turn again. */
@Entity('sweep_shares')
export class SweepShare {
  @PrimaryColumn({ name: 'sweep_id', type: 'text', primaryKeyConstraintName: 'sweep_shares_pkey' }) sweepId!: string;
  @Column({ type: 'double precision' }) tag!: number;
  @ManyToOne(() => Sweep, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'sweep_id', foreignKeyConstraintName: 'sweep_shares_sweep_id_fkey' })
  sweep!: Relation<Sweep>;
}

import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** When the reconciler last ran, anywhere; one row. */
@Entity('passes')
@Check('passes_one', 'one')
export class Pass {
  @PrimaryColumn({ type: 'boolean', default: true, primaryKeyConstraintName: 'passes_pkey' }) one!: boolean;
  @Column({ name: 'last_at', type: 'timestamptz' }) lastAt!: Date;
  /** When it first ran after nobody had run it for long: leases that expired before say nothing of their stages. */
  @Column({ name: 'woke_at', type: 'timestamptz', nullable: true }) wokeAt!: Date | null;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A program that sweeps may name; its archive is in the artifact store. */
@Entity('programs')
export class Program {
  /** sha256 of the archive, 64 hex digits. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'programs_pkey' }) contents!: string;
  @Column({ name: 'size_bytes', type: 'bigint' }) sizeBytes!: string;
  /** Id of the principal that added it first. */
  @Column({ type: 'text' }) owner!: string;
  @Column({ name: 'added_at', type: 'timestamptz', default: () => 'clock_timestamp()' }) addedAt!: Date;
}

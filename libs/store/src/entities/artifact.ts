import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('artifacts')
export class Artifact {
  /** sha256, 64 hex digits. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'artifacts_pkey' }) hash!: string;
  /** A bigint as text. */
  @Column({ name: 'size_bytes', type: 'bigint' }) sizeBytes!: string;
  @Column({ name: 'media_type', type: 'text' }) mediaType!: string;
  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'clock_timestamp()' }) createdAt!: Date;
}

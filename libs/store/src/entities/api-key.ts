import { Check, Column, Entity, PrimaryColumn, Unique } from 'typeorm';
import type { Scope } from '../principal.js';

/** A key of the HTTP API; the key itself is kept nowhere. */
@Entity('api_keys')
@Check('api_keys_scope', `scope in ('read', 'submit', 'programs', 'admin')`)
@Unique('api_keys_hash', ['hash'])
export class ApiKey {
  /** The part of the key that names it; not secret. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'api_keys_pkey' }) id!: string;
  /** Id of the principal that it makes requests for. */
  @Column({ type: 'text' }) owner!: string;
  @Column({ type: 'text' }) scope!: Scope;
  @Column({ type: 'text', nullable: true }) note!: string | null;
  /** sha256 of the whole key, 64 hex digits. */
  @Column({ type: 'text' }) hash!: string;
  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'clock_timestamp()' }) createdAt!: Date;
  @Column({ name: 'revoked_at', type: 'timestamptz', nullable: true }) revokedAt!: Date | null;
}

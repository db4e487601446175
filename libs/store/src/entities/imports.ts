import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';

/** Scores that were computed elsewhere: what somebody says of them. */
@Entity('imports')
@Index('imports_created_at', ['createdAt', 'id'])
@Index('imports_metric', ['metric', 'createdAt'])
export class Import {
  /** The beginning of a sha256 over owner, declaration and rows. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'imports_pkey' }) id!: string;
  @Column({ type: 'text' }) owner!: string;
  @Column({ type: 'text' }) file!: string;
  @Column({ type: 'text' }) source!: string;
  @Column({ type: 'text' }) metric!: string;
  @Column({ type: 'text' }) evaluator!: string;
  @Column({ type: 'integer', nullable: true }) n!: number | null;
  @Column({ type: 'integer' }) rows!: number;
  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'clock_timestamp()' }) createdAt!: Date;
}

@Entity('imported_scores')
export class ImportedScore {
  @PrimaryColumn({ name: 'import_id', type: 'text', primaryKeyConstraintName: 'imported_scores_pkey' }) importId!: string;
  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'imported_scores_pkey' }) position!: number;
  @Column({ type: 'double precision', nullable: true }) value!: number | null;
  @Column({ type: 'jsonb' }) values!: unknown;
  @ManyToOne(() => Import, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'import_id', foreignKeyConstraintName: 'imported_scores_import_id_fkey' })
  import!: Relation<Import>;
}

import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { SweepStage } from './sweep-stage.js';

/** The place of a ready stage in a sweep's plan. */
@Entity('ready_places')
@Index('ready_places_position', ['sweepId', 'kind', 'position'])
export class ReadyPlace {
  @PrimaryColumn({ name: 'stage_id', type: 'text', primaryKeyConstraintName: 'ready_places_pkey' }) stageId!: string;
  @PrimaryColumn({ name: 'sweep_id', type: 'text', primaryKeyConstraintName: 'ready_places_pkey' }) sweepId!: string;
  @Column({ type: 'text' }) kind!: string;
  @Column({ type: 'integer' }) position!: number;
  /** When it was last chosen to be claimed. */
  @Column({ name: 'chosen_at', type: 'timestamptz', nullable: true }) chosenAt!: Date | null;
  @ManyToOne(() => SweepStage, { onDelete: 'CASCADE' })
  @JoinColumn([
    { name: 'sweep_id', referencedColumnName: 'sweepId', foreignKeyConstraintName: 'ready_places_place_fkey' },
    { name: 'stage_id', referencedColumnName: 'stageId', foreignKeyConstraintName: 'ready_places_place_fkey' },
  ])
  place!: Relation<SweepStage>;
}

import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, PrimaryGeneratedColumn, type Relation } from 'typeorm';
import { Cell } from './cell.js';
import { Sweep } from './sweep.js';

/** A note that a stage's state has changed and is not in the summaries yet. */
@Entity('changed_stages')
export class ChangedStage {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS', primaryKeyConstraintName: 'changed_stages_pkey' }) id!: string;
  @Column({ name: 'stage_id', type: 'text' }) stageId!: string;
}

/** A note that a sweep's plan has changed, or is new. */
@Entity('changed_sweeps')
export class ChangedSweep {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS', primaryKeyConstraintName: 'changed_sweeps_pkey' }) id!: string;
  @Column({ name: 'sweep_id', type: 'text' }) sweepId!: string;
}

@Entity('sweep_sizes')
export class SweepSize {
  @PrimaryColumn({ name: 'sweep_id', type: 'text', primaryKeyConstraintName: 'sweep_sizes_pkey' }) sweepId!: string;
  @Column({ type: 'integer' }) cells!: number;
  @Column({ type: 'integer' }) trials!: number;
  /** Where some cells have more seeds than others: trials of those that have the most. */
  @Column({ name: 'cell_trials', type: 'integer', nullable: true }) cellTrials!: number | null;
  /** With halving: images that the cells in front are trained on. */
  @Column({ name: 'cell_images', type: 'integer', nullable: true }) cellImages!: number | null;
  /** Seconds of its attempts that have ended, and that its trials need not take because they share stages. */
  @Column({ type: 'double precision', default: 0 }) spent!: number;
  @Column({ type: 'double precision', default: 0 }) saved!: number;
  @ManyToOne(() => Sweep, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'sweep_id', foreignKeyConstraintName: 'sweep_sizes_sweep_id_fkey' })
  sweep!: Relation<Sweep>;
}

/** How many stages of a kind a sweep has in a state, and their work; a running one counts as ready. */
@Entity('stage_counts')
export class StageCount {
  @PrimaryColumn({ name: 'sweep_id', type: 'text', primaryKeyConstraintName: 'stage_counts_pkey' }) sweepId!: string;
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'stage_counts_pkey' }) kind!: string;
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'stage_counts_pkey' }) state!: string;
  @Column({ type: 'integer' }) stages!: number;
  @Column({ type: 'double precision' }) work!: number;
  @Column({ type: 'integer' }) position!: number;
  @ManyToOne(() => Sweep, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'sweep_id', foreignKeyConstraintName: 'stage_counts_sweep_id_fkey' })
  sweep!: Relation<Sweep>;
}

/** One metric of one cell, for each evaluator and number of images: a row of the view cell_scores, kept. */
@Entity('cell_estimates')
@Index('cell_estimates_sweep', ['sweepId', 'metric', 'evaluator', 'images', 'mean', 'position'], { where: 'diverged = 0 and count = trials' })
@Index('cell_estimates_all', ['metric', 'evaluator', 'images', 'mean', 'sweepId', 'position'], { where: 'diverged = 0 and count = trials' })
@Index('cell_estimates_sweep_incomplete', ['sweepId', 'metric', 'evaluator', 'images', 'mean', 'position'], { where: 'not (diverged = 0 and count = trials)' })
@Index('cell_estimates_all_incomplete', ['metric', 'evaluator', 'images', 'mean', 'sweepId', 'position'], { where: 'not (diverged = 0 and count = trials)' })
export class CellEstimate {
  @PrimaryColumn({ name: 'sweep_id', type: 'text', primaryKeyConstraintName: 'cell_estimates_pkey' }) sweepId!: string;
  @PrimaryColumn({ name: 'cell_id', type: 'text', primaryKeyConstraintName: 'cell_estimates_pkey' }) cellId!: string;
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'cell_estimates_pkey' }) metric!: string;
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'cell_estimates_pkey' }) evaluator!: string;
  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'cell_estimates_pkey' }) images!: number;
  @Column({ type: 'integer' }) position!: number;
  @Column({ type: 'integer', nullable: true }) n!: number | null;
  @Column({ type: 'double precision', nullable: true }) mean!: number | null;
  @Column({ type: 'double precision', nullable: true }) stddev!: number | null;
  @Column({ type: 'double precision', nullable: true }) min!: number | null;
  @Column({ type: 'double precision', nullable: true }) max!: number | null;
  @Column({ type: 'integer' }) count!: number;
  @Column({ type: 'integer' }) diverged!: number;
  @Column({ type: 'double precision', nullable: true }) real!: number | null;
  @Column({ type: 'double precision', nullable: true }) nfe!: number | null;
  @Column({ name: 'train_seeds', type: 'integer', array: true }) trainSeeds!: number[];
  @Column({ name: 'sample_seeds', type: 'integer', array: true }) sampleSeeds!: number[];
  /** That the cell is to have, by the plan. */
  @Column({ type: 'integer', default: 0 }) trials!: number;
  /** Seeds and values of the trials that have a finite score; null: none has. */
  @Column({ name: 'trial_train_seeds', type: 'integer', array: true, nullable: true }) trialTrainSeeds!: number[] | null;
  @Column({ name: 'trial_sample_seeds', type: 'integer', array: true, nullable: true }) trialSampleSeeds!: number[] | null;
  @Column({ name: 'trial_values', type: 'double precision', array: true, nullable: true }) trialValues!: number[] | null;
  @Column({ name: 'noise_levels_out_of_range', type: 'double precision', nullable: true }) noiseLevelsOutOfRange!: number | null;
  @ManyToOne(() => Cell, { onDelete: 'CASCADE' })
  @JoinColumn([
    { name: 'sweep_id', referencedColumnName: 'sweepId', foreignKeyConstraintName: 'cell_estimates_cell_fkey' },
    { name: 'cell_id', referencedColumnName: 'id', foreignKeyConstraintName: 'cell_estimates_cell_fkey' },
  ])
  cell!: Relation<Cell>;
}

/** What cell_estimates has rows of. */
@Entity('score_groups')
export class ScoreGroup {
  @PrimaryColumn({ name: 'sweep_id', type: 'text', primaryKeyConstraintName: 'score_groups_pkey' }) sweepId!: string;
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'score_groups_pkey' }) metric!: string;
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'score_groups_pkey' }) evaluator!: string;
  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'score_groups_pkey' }) images!: number;
  @ManyToOne(() => Sweep, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'sweep_id', foreignKeyConstraintName: 'score_groups_sweep_id_fkey' })
  sweep!: Relation<Sweep>;
}

/** How many cells stand in a ranking: those with a mean, by whether they have all their trials. */
@Entity('ranking_sizes')
export class RankingSize {
  @PrimaryColumn({ name: 'sweep_id', type: 'text', primaryKeyConstraintName: 'ranking_sizes_pkey' }) sweepId!: string;
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'ranking_sizes_pkey' }) metric!: string;
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'ranking_sizes_pkey' }) evaluator!: string;
  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'ranking_sizes_pkey' }) images!: number;
  @PrimaryColumn({ type: 'boolean', primaryKeyConstraintName: 'ranking_sizes_pkey' }) complete!: boolean;
  @Column({ type: 'integer' }) cells!: number;
  @ManyToOne(() => Sweep, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'sweep_id', foreignKeyConstraintName: 'ranking_sizes_sweep_id_fkey' })
  sweep!: Relation<Sweep>;
}

/** What a sweep with a budget had spent when that was last counted. */
@Entity('budgets')
export class Budget {
  @PrimaryColumn({ name: 'sweep_id', type: 'text', primaryKeyConstraintName: 'budgets_pkey' }) sweepId!: string;
  @Column({ name: 'checked_at', type: 'timestamptz' }) checkedAt!: Date;
  @Column({ name: 'took_ms', type: 'double precision' }) tookMs!: number;
  @Column({ name: 'spent_seconds', type: 'double precision' }) spentSeconds!: number;
  /** It is paused for that, not by somebody. */
  @Column({ type: 'boolean' }) held!: boolean;
  /** Somebody has paused it too: with budget again it stays paused. */
  @Column({ name: 'paused_by_hand', type: 'boolean', default: false }) pausedByHand!: boolean;
  @ManyToOne(() => Sweep, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'sweep_id', foreignKeyConstraintName: 'budgets_sweep_id_fkey' })
  sweep!: Relation<Sweep>;
}

/** A race with a look to be taken, in the version of its sweep that it is for. */
@Entity('looks_due')
export class LookDue {
  @PrimaryColumn({ name: 'sweep_id', type: 'text', primaryKeyConstraintName: 'looks_due_pkey' }) sweepId!: string;
  @Column({ type: 'integer' }) version!: number;
  @ManyToOne(() => Sweep, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'sweep_id', foreignKeyConstraintName: 'looks_due_sweep_id_fkey' })
  sweep!: Relation<Sweep>;
}

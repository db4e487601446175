import type { Estimate } from '@elucidate/experiment/tables';
import { ViewColumn, ViewEntity } from 'typeorm';

/** The views are created by migrations; these classes only name their columns. Counts are text because they are bigint. */

@ViewEntity({ name: 'trial_scores', synchronize: false })
export class TrialScore {
  @ViewColumn({ name: 'sweep_id' }) sweepId!: string;
  @ViewColumn({ name: 'cell_id' }) cellId!: string;
  @ViewColumn({ name: 'train_seed' }) trainSeed!: number;
  @ViewColumn({ name: 'sample_seed' }) sampleSeed!: number;
  @ViewColumn() metric!: string;
  @ViewColumn() value!: number;
  @ViewColumn() stddev!: number | null;
  @ViewColumn() n!: number | null;
  @ViewColumn() evaluator!: string | null;
  @ViewColumn() images!: number | null;
  @ViewColumn() finite!: boolean;
  @ViewColumn() real!: number | null;
  @ViewColumn() nfe!: number | null;
}

@ViewEntity({ name: 'cell_scores', synchronize: false })
export class CellScore {
  @ViewColumn({ name: 'sweep_id' }) sweepId!: string;
  @ViewColumn({ name: 'cell_id' }) cellId!: string;
  @ViewColumn() metric!: string;
  @ViewColumn() evaluator!: string | null;
  @ViewColumn() images!: number | null;
  @ViewColumn() n!: number | null;
  @ViewColumn() mean!: number | null;
  @ViewColumn() stddev!: number | null;
  @ViewColumn() min!: number | null;
  @ViewColumn() max!: number | null;
  @ViewColumn() count!: string;
  @ViewColumn() diverged!: string;
  @ViewColumn() real!: number | null;
  @ViewColumn() nfe!: number | null;
  @ViewColumn({ name: 'train_seeds' }) trainSeeds!: number[];
  @ViewColumn({ name: 'sample_seeds' }) sampleSeeds!: number[];
}

@ViewEntity({ name: 'leaderboard', synchronize: false })
export class LeaderboardLine {
  @ViewColumn({ name: 'sweep_id' }) sweepId!: string;
  @ViewColumn({ name: 'cell_id' }) cellId!: string;
  @ViewColumn() position!: number;
  @ViewColumn() config!: Record<string, unknown>;
  @ViewColumn() evaluator!: string | null;
  @ViewColumn() n!: number | null;
  @ViewColumn() metrics!: Record<string, Estimate>;
  @ViewColumn() nfe!: number | null;
  @ViewColumn({ name: 'train_seeds' }) trainSeeds!: number[];
  @ViewColumn({ name: 'sample_seeds' }) sampleSeeds!: number[];
  @ViewColumn({ name: 'noise_levels_out_of_range' }) noiseLevelsOutOfRange!: number | null;
  /** What papers report in its place. */
  @ViewColumn() published!: Record<string, unknown>[] | null;
}

import { ViewColumn, ViewEntity } from 'typeorm';

/** The views are made by migrations; these classes only name their columns. Counts come as text: they are bigint. */

@ViewEntity({ name: 'trial_scores', synchronize: false })
export class TrialScore {
  @ViewColumn({ name: 'sweep_id' }) sweepId!: string;
  @ViewColumn({ name: 'cell_id' }) cellId!: string;
  @ViewColumn({ name: 'train_seed' }) trainSeed!: number;
  @ViewColumn({ name: 'sample_seed' }) sampleSeed!: number;
  @ViewColumn() metric!: string;
  @ViewColumn() value!: number;
  @ViewColumn() spread!: number | null;
  @ViewColumn() n!: number | null;
  @ViewColumn() evaluator!: string | null;
  @ViewColumn() finite!: boolean;
  @ViewColumn() floor!: number | null;
  @ViewColumn() nfe!: number | null;
}

@ViewEntity({ name: 'leaderboard', synchronize: false })
export class LeaderboardEntry {
  @ViewColumn({ name: 'sweep_id' }) sweepId!: string;
  @ViewColumn({ name: 'cell_id' }) cellId!: string;
  @ViewColumn() position!: number;
  @ViewColumn() config!: Record<string, unknown>;
  @ViewColumn() evaluator!: string | null;
  @ViewColumn() n!: number | null;
  @ViewColumn({ name: 'fid_mean' }) fidMean!: number | null;
  @ViewColumn({ name: 'fid_stddev' }) fidStddev!: number | null;
  @ViewColumn({ name: 'fid_min' }) fidMin!: number | null;
  @ViewColumn({ name: 'fid_count' }) fidCount!: string;
  @ViewColumn({ name: 'fid_diverged' }) fidDiverged!: string;
  @ViewColumn({ name: 'fid_floor' }) fidFloor!: number | null;
  @ViewColumn({ name: 'kid_mean' }) kidMean!: number | null;
  @ViewColumn({ name: 'kid_stddev' }) kidStddev!: number | null;
  @ViewColumn({ name: 'kid_min' }) kidMin!: number | null;
  @ViewColumn({ name: 'kid_count' }) kidCount!: string;
  @ViewColumn({ name: 'kid_diverged' }) kidDiverged!: string;
  @ViewColumn({ name: 'kid_floor' }) kidFloor!: number | null;
  @ViewColumn() nfe!: number | null;
  @ViewColumn({ name: 'train_seeds' }) trainSeeds!: number[];
  @ViewColumn({ name: 'sample_seeds' }) sampleSeeds!: number[];
  @ViewColumn({ name: 'levels_outside_training' }) levelsOutsideTraining!: number | null;
  @ViewColumn() rank!: string | null;
}

import type { LeaderboardRow } from '@elucidate/experiment/tables';
import { rows, type Queryable } from '../queryable.js';

/** A jsonb estimate from one metric's columns of the leaderboard; null where no trial has a finite value. */
const estimate = (metric: 'fid' | 'kid'): string => `
  case when ${metric}_count > 0
    then jsonb_build_object('mean', ${metric}_mean, 'spread', ${metric}_stddev, 'min', ${metric}_min, 'count', ${metric}_count)
  end as ${metric}`;

/** Every configuration of a sweep, or of all sweeps, over its seeds: best of each sweep first within each evaluator and n, then those without a number. */
export const leaderboard = (db: Queryable, { sweepId }: { sweepId?: string } = {}): Promise<LeaderboardRow[]> => rows(db, `
  select sweep_id as "sweepId", cell_id as "cellId", rank::int as rank, config, ${estimate('fid')}, ${estimate('kid')}, n, nfe, evaluator,
    train_seeds as "trainSeeds", sample_seeds as "sampleSeeds", fid_floor as "fidFloor", kid_floor as "kidFloor",
    levels_outside_training as "levelsOutsideTraining"
  from leaderboard where $1::text is null or sweep_id = $1
  order by evaluator nulls last, n desc nulls last, leaderboard.rank nulls last, position, sweep_id`, [sweepId ?? null]);

import type { LeaderboardEntry } from '@elucidate/experiment/tables';
import { rows, type Queryable } from '../queryable.js';

/** Every configuration of a sweep, or of all sweeps, over its seeds, in the order of the grid; leaderboardGroups ranks them. */
export const leaderboard = (db: Queryable, { sweepId }: { sweepId?: string } = {}): Promise<LeaderboardEntry[]> => rows(db, `
  select sweep_id as "sweepId", cell_id as "cellId", config, metrics, n, nfe, evaluator,
    train_seeds as "trainSeeds", sample_seeds as "sampleSeeds", noise_levels_out_of_range as "noiseLevelsOutOfRange"
  from leaderboard where $1::text is null or sweep_id = $1
  order by evaluator nulls last, n desc nulls last, position, sweep_id`, [sweepId ?? null]);

import type { LeaderboardEntry } from '@elucidate/experiment/tables';
import { visibleOwner } from '../access.js';
import type { Principal } from '../principal.js';
import { rows, type Queryable } from '../queryable.js';

/** Every configuration of a sweep, or of all sweeps that the principal sees, over its seeds, in the order of the grid; leaderboardGroups ranks them. */
export const leaderboard = (db: Queryable, principal: Principal, { sweepId }: { sweepId?: string } = {}): Promise<LeaderboardEntry[]> => rows(db, `
  select sweep_id as "sweepId", cell_id as "cellId", config, metrics, n, nfe, evaluator,
    train_seeds as "trainSeeds", sample_seeds as "sampleSeeds", noise_levels_out_of_range as "noiseLevelsOutOfRange"
  from leaderboard where ($1::text is null or sweep_id = $1) and ($2::text is null or sweep_id in (select id from sweeps where owner = $2))
  order by evaluator nulls last, n desc nulls last, position, sweep_id`, [sweepId ?? null, visibleOwner(principal)]);

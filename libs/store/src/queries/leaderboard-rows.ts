import { confidenceOf } from '@elucidate/experiment/confidence';
import { incompleteText } from '@elucidate/experiment/leaderboard';
import type { Estimate, LeaderboardRow } from '@elucidate/experiment/tables';
import { rows, type Queryable } from '../queryable.js';
import { cellTrials, type CellTrials } from './cell-trials.js';
import { allWithDiverged, divergedTrials } from './diverged-trials.js';
import type { Ranking } from './leaderboard-cursor.js';
import type { Found } from './ranked-cells.js';

type Detail = Pick<LeaderboardRow, 'config' | 'nfe' | 'trainSeeds' | 'sampleSeeds' | 'noiseLevelsOutOfRange' | 'evaluator' | 'n'> & { metrics: Record<string, Estimate>; diverged: number; trials: number };

/** The rows with all their estimates, and how sure these are; at most a page of them. */
export async function leaderboardRows(db: Queryable, found: readonly Found[], ranking: Ranking | null): Promise<LeaderboardRow[]> {
  const details = await detailsOf(db, found, ranking);
  const trials = await cellTrials(db, details.map(({ evaluator, n }, i) => ({ sweepId: found[i]!.sweepId, cellId: found[i]!.cellId, evaluator: evaluator ?? '', images: n ?? 0 })));
  const lost = new Map((await divergedTrials(db, found.filter(({ rank }) => rank === null))).map((one) => [`${one.sweepId} ${one.cellId}`, one]));
  return details.map(({ diverged, trials: planned, ...detail }, i) => {
    const { sweepId, cellId, rank } = found[i]!;
    const own = lost.get(`${sweepId} ${cellId}`);
    const metrics = allWithDiverged(withConfidence(detail.metrics, trials[i]!), own);
    const unscored = { count: 0, diverged: diverged + (own?.diverged ?? 0), trials: planned || (own?.trials ?? 0) };
    return { sweepId, cellId, rank, ...detail, metrics, ...(rank === null && notRanked((ranking && metrics[ranking.metric]) ?? unscored)) };
  });
}

/** Why a row has no rank; nothing to say of one that is waiting for its first score. */
function notRanked(trials: Pick<Estimate, 'count' | 'diverged' | 'trials'>): { notRanked?: string } {
  const why = trials.count + trials.diverged === 0 ? undefined : incompleteText(trials);
  return why === undefined ? {} : { notRanked: why };
}

/** Estimates with how sure they are, by the trials that are known. */
export const withConfidence = (metrics: Readonly<Record<string, Estimate>>, trials: CellTrials): Record<string, Estimate> => Object.fromEntries(Object.entries(metrics).map(([metric, estimate]) => {
  const own = trials.get(metric);
  return [metric, own === undefined ? estimate : { ...estimate, confidence: confidenceOf(metric, own) }];
}));

/** Seeds of the trials of a cell `c`: what a row without a score has. */
const plannedSeeds = (level: 'train' | 'sample'): string => `(select array_agg(distinct t.${level}_seed order by t.${level}_seed) from trials t where t.sweep_id = c.sweep_id and t.cell_id = c.id)`;

const detailsOf = (db: Queryable, found: readonly Found[], ranking: Ranking | null): Promise<Detail[]> => rows(db, `
  select c.config, coalesce(e.metrics, '{}') as metrics, e.nfe, coalesce(nullif(e.train_seeds, '{}'), ${plannedSeeds('train')}, '{}') as "trainSeeds", coalesce(nullif(e.sample_seeds, '{}'), ${plannedSeeds('sample')}, '{}') as "sampleSeeds",
    nullif(e.evaluator, '') as evaluator, nullif(e.images, 0) as n, coalesce(e.diverged, 0) as diverged, coalesce(e.trials, 0) as trials,
    case when e.evaluator is not null then e.noise_levels_out_of_range else (
      select max(m.value) from trials t join trial_stages sample on sample.trial_id = t.id and sample.role = 'sample'
      join metrics m on m.stage_id = sample.stage_id and m.name = 'noise_levels_out_of_range'
      where t.sweep_id = c.sweep_id and t.cell_id = c.id) end as "noiseLevelsOutOfRange"
  from unnest($1::text[], $2::text[]) with ordinality as given(sweep_id, cell_id, place)
  -- "offset 0": each by index, whatever the planner thinks of their number
  cross join lateral (select sweep_id, id, config from cells where sweep_id = given.sweep_id and id = given.cell_id offset 0) c
  left join lateral (
    select evaluator, images, max(nfe) as nfe, max(train_seeds) as train_seeds, max(sample_seeds) as sample_seeds, max(diverged) as diverged, max(trials) as trials, max(noise_levels_out_of_range) as noise_levels_out_of_range,
      jsonb_object_agg(metric, jsonb_build_object('mean', mean, 'stddev', stddev, 'min', min, 'max', max, 'count', count, 'diverged', diverged, 'n', n, 'real', "real", 'trials', trials)) filter (where mean is not null) as metrics
    from cell_estimates where sweep_id = c.sweep_id and cell_id = c.id and ($3::text is null or (evaluator = $3 and images = $4))
    group by evaluator, images order by images desc, evaluator limit 1
  ) e on true
  order by given.place`, [found.map(({ sweepId }) => sweepId), found.map(({ cellId }) => cellId), ranking?.evaluator ?? null, ranking?.images ?? null]);

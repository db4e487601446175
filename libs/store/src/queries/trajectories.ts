import { rows, type Queryable } from '../queryable.js';

/** A score of x0-hat at every step of one trial's sampling trajectory. */
export interface TrajectoryRow {
  cellId: string;
  config: Record<string, unknown>;
  metric: string;
  /** The level each step started from. */
  sigmas: number[];
  values: number[];
}

/** The trajectories that were scored of a sweep's first `cells` cells, in the order of its grid. */
export const trajectories = (db: Queryable, { sweepId, cells }: { sweepId: string; cells: number }): Promise<TrajectoryRow[]> => rows(db, `
  select c.id as "cellId", c.config, regexp_replace(m.name, '_trajectory$', '') as metric, l.details->'sigmas' as sigmas, m.details->'values' as "values"
  from trials t
  join cells c on c.sweep_id = t.sweep_id and c.id = t.cell_id
  join trial_stages score on score.trial_id = t.id and score.role = 'score'
  join trial_stages sample on sample.trial_id = t.id and sample.role = 'sample'
  join metrics m on m.stage_id = score.stage_id and m.name ~ '_trajectory$'
  join metrics l on l.stage_id = sample.stage_id and l.name = 'noise_levels_out_of_range'
  where t.sweep_id = $1 and c.position < $2 order by m.name, c.position, t.train_seed, t.sample_seed`, [sweepId, cells]);

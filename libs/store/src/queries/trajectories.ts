import { rows, type Queryable } from '../queryable.js';

/** A score of x0-hat at every step of a walk, of one trial. */
export interface TrajectoryRow {
  cellId: string;
  config: Record<string, unknown>;
  metric: 'fid' | 'kid';
  /** The level each step started from. */
  sigmas: number[];
  values: number[];
}

/** Every trajectory of a sweep that was scored, in the order of its grid. */
export const trajectories = (db: Queryable, { sweepId }: { sweepId: string }): Promise<TrajectoryRow[]> => rows(db, `
  select c.id as "cellId", c.config, replace(m.name, '_trajectory', '') as metric, l.details->'sigmas' as sigmas, m.details->'values' as "values"
  from trials t
  join cells c on c.sweep_id = t.sweep_id and c.id = t.cell_id
  join metrics m on m.stage_id = t.score_stage_id and m.name in ('fid_trajectory', 'kid_trajectory')
  join metrics l on l.stage_id = t.sample_stage_id and l.name = 'levels_outside_training'
  where t.sweep_id = $1 order by m.name, c.position, t.train_seed, t.sample_seed`, [sweepId]);

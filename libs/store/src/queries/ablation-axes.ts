import type { AblationName, ScoreMetric } from '@elucidate/experiment/tables';
import { rows, type Queryable } from '../queryable.js';

interface Axis {
  /** Key of a cell's config. */
  key: string;
  /** Column of the view. */
  column: string;
  title: string;
}

const schedule: Axis = { key: 'schedule', column: 'schedule', title: 'noise schedule' };
const inputScale: Axis = { key: 'inputScale', column: 'input_scale', title: 'input scale b' };
const sampler: Axis = { key: 'sampler', column: 'sampler', title: 'sampler' };
const steps: Axis = { key: 'steps', column: 'steps', title: 'steps' };

/** What each table has in its rows and columns, and the view that holds its numbers. */
export const ablations: Record<AblationName, { view: string; row: Axis; column: Axis }> = {
  'noise-schedule': { view: 'ablation_noise_schedule', row: schedule, column: inputScale },
  'input-scale': { view: 'ablation_input_scale', row: inputScale, column: schedule },
  sampler: { view: 'ablation_sampler', row: sampler, column: steps },
};

export interface AblationQuestion {
  sweepId: string;
  name: AblationName;
  metric: ScoreMetric;
}

/** One place of the grid that some table of this name shows. */
export interface Place {
  row: unknown;
  column: unknown;
  held: Record<string, unknown>;
}

/** Places in the order of the sweep's grid. */
export function gridPlaces(db: Queryable, { sweepId, name }: AblationQuestion): Promise<Place[]> {
  const { row, column } = ablations[name];
  return rows(db, `
    select config->$2 as row, config->$3 as "column", config - array[$2, $3] as held
    from cells where sweep_id = $1 group by 1, 2, 3 order by min(position)`, [sweepId, row.key, column.key]);
}

/** The numbers of one place under one evaluator and n. */
export interface Entry extends Place {
  evaluator: string | null;
  n: number | null;
  mean: number | null;
  spread: number | null;
  min: number | null;
  trials: number;
  floor: number | null;
}

export function ablationEntries(db: Queryable, { sweepId, name, metric }: AblationQuestion): Promise<Entry[]> {
  const { view, row, column } = ablations[name];
  return rows(db, `
    select ${row.column} as row, ${column.column} as "column", held, evaluator, n, mean, spread, min, trials::int as trials, floor
    from ${view} where sweep_id = $1 and metric = $2
    order by trials desc, evaluator`, [sweepId, metric]);
}

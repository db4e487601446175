import { axesOf } from '@elucidate/experiment/ablations';
import type { AblationName, Axes, PaperTable } from '@elucidate/experiment/ablations';
import type { ParameterName } from '@elucidate/experiment/parameters';
import type { ScoreMetric } from '@elucidate/experiment/tables';
import { rows, type Queryable } from '../queryable.js';

/** The views of the papers' tables, and the columns of their axes. Any other two parameters are asked of the cells. */
const views: Readonly<Record<PaperTable, { view: string; row: string; column: string }>> = {
  'noise-schedule': { view: 'ablation_noise_schedule', row: 'schedule', column: 'input_scale' },
  'input-scale': { view: 'ablation_input_scale', row: 'input_scale', column: 'schedule' },
  sampler: { view: 'ablation_sampler', row: 'sampler', column: 'steps' },
};

/** As the papers call an axis; others go by their own name. */
const titles: Readonly<Partial<Record<ParameterName, string>>> = { schedule: 'noise schedule', inputScale: 'input scale b' };

/** An axis as a table's header names it. */
export const titleOf = (parameter: ParameterName): string => titles[parameter] ?? parameter;

/** The axes of a table whose name was checked where it came in. */
export function knownAxes(name: AblationName): Axes {
  return axesOf(name)!;
}

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
  const { row, column } = knownAxes(name);
  return rows(db, `
    select config->$2 as row, config->$3 as "column", config - array[$2, $3] as held
    from cells where sweep_id = $1 group by 1, 2, 3 order by min(position)`, [sweepId, row, column]);
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
  if (Object.hasOwn(views, name)) {
    const { view, row, column } = views[name as PaperTable];
    return rows(db, `
      select ${row} as row, ${column} as "column", held, evaluator, n, mean, spread, min, trials::int as trials, floor
      from ${view} where sweep_id = $1 and metric = $2
      order by trials desc, evaluator`, [sweepId, metric]);
  }
  const { row, column } = knownAxes(name);
  return rows(db, `
    select c.config->$3 as row, c.config->$4 as "column", c.config - array[$3, $4] as held, s.evaluator, s.n,
      avg(s.value) filter (where s.finite) as mean,
      stddev_samp(s.value) filter (where s.finite) as spread,
      min(s.value) filter (where s.finite) as min,
      count(*) filter (where s.finite)::int as trials,
      max(s.floor) as floor
    from cells c join trial_scores s on s.sweep_id = c.sweep_id and s.cell_id = c.id
    where c.sweep_id = $1 and s.metric = $2
    group by 1, 2, 3, s.evaluator, s.n
    order by trials desc, s.evaluator`, [sweepId, metric, row, column]);
}

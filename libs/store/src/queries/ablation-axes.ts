import { axesOf } from '@elucidate/experiment/ablations';
import type { AblationName, Axes } from '@elucidate/experiment/ablations';
import type { ParameterName } from '@elucidate/experiment/parameters';
import type { Estimate } from '@elucidate/experiment/tables';
import { rows, type Queryable } from '../queryable.js';
import { summarise } from './summaries.js';

/** The papers' name for an axis; other axes use their own name. */
const titles: Readonly<Partial<Record<ParameterName, string>>> = { schedule: 'noise schedule', inputScale: 'input scale b' };

/** The name of an axis in a table's header. */
export const titleOf = (parameter: ParameterName): string => titles[parameter] ?? parameter;

/** The axes of a table whose name has already been validated. */
export function knownAxes(name: AblationName): Axes {
  return axesOf(name)!;
}

export interface AblationQuestion {
  sweepId: string;
  name: AblationName;
  /** Key of the metric: "fid", "fid@256". */
  metric: string;
}

/** One position of the grid that some table of this name shows. */
export interface Place {
  row: unknown;
  column: unknown;
  fixed: Record<string, unknown>;
}

/** Positions in the order of the sweep's grid. */
export function gridPlaces(db: Queryable, { sweepId, name }: AblationQuestion): Promise<Place[]> {
  const { row, column } = knownAxes(name);
  return rows(db, `
    select config->$2 as row, config->$3 as "column", config - array[$2, $3] as fixed
    from cells where sweep_id = $1 group by 1, 2, 3 order by min(position)`, [sweepId, row, column]);
}

/** The numbers of one position for one evaluator and number of images. */
export interface Entry extends Place {
  evaluator: string | null;
  estimate: Estimate;
}

/** The positions that have a number, those with the most trials first. */
export async function ablationEntries(db: Queryable, { sweepId, name, metric }: AblationQuestion): Promise<Entry[]> {
  await summarise(db);
  const { row, column } = knownAxes(name);
  return rows(db, `
    select c.config->$3 as row, c.config->$4 as "column", c.config - array[$3, $4] as fixed, nullif(s.evaluator, '') as evaluator, jsonb_build_object(
      'mean', s.mean, 'stddev', s.stddev, 'min', s.min, 'max', s.max, 'count', s.count, 'diverged', s.diverged, 'n', s.n, 'real', s.real) as estimate
    from cells c join cell_estimates s on s.sweep_id = c.sweep_id and s.cell_id = c.id
    where c.sweep_id = $1 and s.metric = $2 and s.mean is not null
    order by s.count desc, s.evaluator`, [sweepId, metric, row, column]);
}

import { labelOf } from '@elucidate/experiment/labels';
import { parameterNames, type ParameterName } from '@elucidate/experiment/parameters';
import { rows, type Queryable } from '../queryable.js';

/** What the cells of a sweep have for one key of a configuration. */
export interface SweepAxis {
  /** In the order of the grid; null also for cells without it. */
  values: unknown[];
  /** Where the key is in the place of a cell, from 1; null if all cells agree on it. */
  dimension: number | null;
}

export type SweepAxes = ReadonlyMap<string, SweepAxis>;

/** The axes of a sweep as of the last summary; none before, and of a sweep that does not exist. */
export async function sweepAxes(db: Queryable, sweepId: string): Promise<SweepAxes> {
  const found = await rows<SweepAxis & { key: string }>(db, `
    select key, jsonb_agg(value order by place) as values, min(dimension) as dimension from sweep_axes where sweep_id = $1 group by key`, [sweepId]);
  return new Map(found.map(({ key, ...axis }) => [key, axis]));
}

/** The labels of each parameter, in the order of the table of parameters and of the grid; those of `except` are left out. */
export function axisLabels(axes: SweepAxes, except: readonly ParameterName[]): ReadonlyMap<ParameterName, (string | null)[]> {
  const shown = parameterNames.filter((name) => !except.includes(name) && axes.has(name));
  return new Map(shown.map((name) => [name, axes.get(name)!.values.map((value) => (value === null ? null : labelOf(name, value)))]));
}

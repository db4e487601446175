import { axesOf } from '@elucidate/experiment/ablations';
import type { AblationName, Axes } from '@elucidate/experiment/ablations';
import { higherIsBetter } from '@elucidate/experiment/metric-requests';
import type { Estimate } from '@elucidate/experiment/tables';
import { rows, type Queryable } from '../queryable.js';
import type { SweepAxes } from './sweep-axes.js';

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

/** What a cell has for the axes of a table, as places among the values of the sweep's axes; -1 on the table's own axes in the place of a whole table. */
export type CellPlace = number[];

const dimensionsOf = (axes: SweepAxes, name: AblationName): number[] => {
  const { row, column } = knownAxes(name);
  return [row, column].flatMap((key) => axes.get(key)?.dimension ?? []).sort((a, b) => a - b);
};

/** By dimension: the places of which a table must have one. */
export type Wanted = ReadonlyMap<number, readonly number[]>;

/**
 * Of the tables of a name that are at the wanted places, the fullest; among equally full ones, the one with the best mean over its entries, then the first in
 * the grid. null: there is none. Reads what is kept of each table; the first question about a name and metric counts that, over all of the sweep.
 */
export async function bestTable(db: Queryable, { sweepId, name, metric }: AblationQuestion, { axes, wanted }: { axes: SweepAxes; wanted: Wanted }): Promise<CellPlace | null> {
  const dimensions = dimensionsOf(axes, name);
  const [kept] = await rows<{ id: string }>(db, 'select id from kept_tables where sweep_id = $1 and metric = $2 and axes = $3', [sweepId, metric, dimensions]);
  const id = kept?.id ?? (await rows<{ id: string }>(db, 'select keep_tables($1, $2, $3) as id', [sweepId, metric, dimensions]))[0]!.id;
  const params: unknown[] = [id];
  const where = [...wanted].map(([dimension, places]) => ` and place[$${params.push(dimension)}::integer] = any($${params.push(places)}::integer[])`);
  const [best] = await rows<{ place: CellPlace }>(db, `
    select place from table_sums where table_id = $1${where.join('')}
    order by entries desc, total / nullif(entries, 0) ${higherIsBetter(metric) ? 'desc' : 'asc'}, position limit 1`, params);
  return best?.place ?? null;
}

/** A cell of one table: its places on the two axes, and its estimate that counts the most trials, if it has any. */
export interface Entry {
  row: number;
  column: number;
  cellId: string;
  evaluator: string | null;
  images: number | null;
  estimate: Estimate | null;
}

/** Places on its axes up to which a table's cells are looked up one by one; of a larger table they are picked from all places of the sweep. */
const mostLookups = 5000;

const lookedUp = `
  select p.* from generate_series(0, $5::integer - 1) a cross join generate_series(0, $6::integer - 1) b
  join cell_places p on p.sweep_id = $1 and p.place = on_axes($3::integer[], $4::integer[], array[a, b])`;
const picked = `
  select * from cell_places where sweep_id = $1 and $5::integer * $6::integer > 0 and table_place(place, $4::integer[]) = $3::integer[]`;

/** The cells of one table, in the order of the grid. */
export async function tableEntries(db: Queryable, { sweepId, name, metric }: AblationQuestion, { axes, place }: { axes: SweepAxes; place: CellPlace }): Promise<Entry[]> {
  const dimensions = dimensionsOf(axes, name);
  const sizeOf = (dimension: number | undefined): number => [...axes.values()].find((axis) => axis.dimension === dimension)?.values.length ?? 1;
  const [size, otherSize] = [sizeOf(dimensions[0]), sizeOf(dimensions[1])];
  const found = await rows<Omit<Entry, 'row' | 'column'> & { place: number[] }>(db, `
    select p.place, p.cell_id as "cellId", nullif(e.evaluator, '') as evaluator, nullif(e.images, 0) as images, e.estimate
    from (${size * otherSize > mostLookups ? picked : lookedUp}) p left join lateral (
      select evaluator, images, jsonb_build_object('mean', mean, 'stddev', stddev, 'min', min, 'max', max, 'count', count, 'diverged', diverged, 'n', n, 'real', "real", 'trials', trials) as estimate
      from cell_estimates where sweep_id = $1 and cell_id = p.cell_id and metric = $2 and mean is not null
      order by count desc, evaluator, images desc limit 1) e on true
    order by p.position`, [sweepId, metric, place, dimensions, size, otherSize]);
  const { row, column } = knownAxes(name);
  // an axis on which all cells agree is not in their places
  const at = (cell: number[], key: string): number => cell[(axes.get(key)?.dimension ?? 0) - 1] ?? 0;
  return found.map(({ place: cell, ...entry }) => ({ row: at(cell, row), column: at(cell, column), ...entry }));
}

import { axesOf } from '@elucidate/experiment/ablations';
import type { AblationName, Axes } from '@elucidate/experiment/ablations';
import { higherIsBetter } from '@elucidate/experiment/metric-requests';
import type { Estimate } from '@elucidate/experiment/tables';
import { rows, type Queryable } from '../queryable.js';
import type { ComparableScores } from './comparable-scores.js';
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
  /** Those that the table shows; null where nothing is scored. */
  scores: ComparableScores | null;
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
 * the grid. null: there is none. Reads what is kept of each table; the first question about a name and metric counts that, over all of the sweep, and each
 * question where scores of several evaluators or numbers of images have to be told apart.
 */
export async function bestTable(db: Queryable, question: AblationQuestion, { axes, wanted }: { axes: SweepAxes; wanted: Wanted }): Promise<CellPlace | null> {
  const dimensions = dimensionsOf(axes, question.name);
  const { params, from } = (question.scores?.leftOut.length ?? 0) > 0 ? countedSums(question, dimensions) : await keptSums(db, question, dimensions);
  const where = [...wanted].map(([dimension, places]) => ` and place[$${params.push(dimension)}::integer] = any($${params.push(places)}::integer[])`);
  const [best] = await rows<{ place: CellPlace }>(db, `
    select place from ${from}${where.join('')}
    order by entries desc, total / nullif(entries, 0) ${higherIsBetter(question.metric) ? 'desc' : 'asc'}, position limit 1`, params);
  return best?.place ?? null;
}

/** Parameters of a statement, and the tables that it reads: rows of place, entries, total and position. */
interface Sums {
  params: unknown[];
  from: string;
}

async function keptSums(db: Queryable, { sweepId, metric }: AblationQuestion, dimensions: readonly number[]): Promise<Sums> {
  const [kept] = await rows<{ id: string }>(db, 'select id from kept_tables where sweep_id = $1 and metric = $2 and axes = $3', [sweepId, metric, dimensions]);
  const id = kept?.id ?? (await rows<{ id: string }>(db, 'select keep_tables($1, $2, $3) as id', [sweepId, metric, dimensions]))[0]!.id;
  return { params: [id], from: 'table_sums where table_id = $1' };
}

/** Counted over these scores alone. */
const countedSums = ({ sweepId, metric, scores }: AblationQuestion, dimensions: readonly number[]): Sums => ({
  params: [sweepId, metric, scores!.evaluator, scores!.images, dimensions],
  from: `(
    select table_place(p.place, $5::integer[]) as place, min(p.position) as position, count(e.mean) as entries, coalesce(sum(e.mean::numeric), 0) as total
    from cell_places p left join cell_estimates e on (e.sweep_id, e.cell_id, e.metric, e.evaluator, e.images) = (p.sweep_id, p.cell_id, $2, $3, $4::integer)
    where p.sweep_id = $1 group by 1) counted where true`,
});

/** A cell of one table: its places on the two axes, and its estimate, if it has one that compares. */
export interface Entry {
  row: number;
  column: number;
  cellId: string;
  estimate: Estimate | null;
}

/** Places on its axes up to which a table's cells are looked up one by one; of a larger table they are picked from all places of the sweep. */
const mostLookups = 5000;

// "offset 0", and "limit 1" below: each by index, whatever the planner thinks of their number
const lookedUp = `
  select p.* from generate_series(0, $5::integer - 1) a cross join generate_series(0, $6::integer - 1) b
  cross join lateral (select * from cell_places where sweep_id = $1 and place = on_axes($3::integer[], $4::integer[], array[a, b]) offset 0) p`;
const picked = `
  select * from cell_places where sweep_id = $1 and $5::integer * $6::integer > 0 and table_place(place, $4::integer[]) = $3::integer[]`;

/** The cells of one table, in the order of the grid. */
export async function tableEntries(db: Queryable, { sweepId, name, metric, scores }: AblationQuestion, { axes, place }: { axes: SweepAxes; place: CellPlace }): Promise<Entry[]> {
  const dimensions = dimensionsOf(axes, name);
  const sizeOf = (dimension: number | undefined): number => [...axes.values()].find((axis) => axis.dimension === dimension)?.values.length ?? 1;
  const [size, otherSize] = [sizeOf(dimensions[0]), sizeOf(dimensions[1])];
  const found = await rows<Omit<Entry, 'row' | 'column'> & { place: number[] }>(db, `
    select p.place, p.cell_id as "cellId", e.estimate
    from (${size * otherSize > mostLookups ? picked : lookedUp}) p left join lateral (
      select jsonb_build_object('mean', mean, 'stddev', stddev, 'min', min, 'max', max, 'count', count, 'diverged', diverged, 'n', n, 'real', "real", 'trials', trials) as estimate
      from cell_estimates where sweep_id = $1 and cell_id = p.cell_id and metric = $2 and evaluator = $7 and images = $8::integer and mean is not null limit 1) e on true
    order by p.position`, [sweepId, metric, place, dimensions, size, otherSize, scores?.evaluator ?? '', scores?.images ?? 0]);
  const { row, column } = knownAxes(name);
  // an axis on which all cells agree is not in their places
  const at = (cell: number[], key: string): number => cell[(axes.get(key)?.dimension ?? 0) - 1] ?? 0;
  return found.map(({ place: cell, ...entry }) => ({ row: at(cell, row), column: at(cell, column), ...entry }));
}

import type { ParameterName } from '@elucidate/experiment/parameters';
import { labelOf } from '@elucidate/experiment/labels';
import { rows, type Queryable } from '../queryable.js';
import { placedCells, type Places } from './placed-cells.js';
import type { SweepAxes } from './sweep-axes.js';

/** Configurations of a sweep that are put beside a published table, at most: the first in the order of the grid. */
export const mostMatches = 1000;

interface Question {
  table: string;
  sweepId: string;
  axes: SweepAxes;
  /** Parameter -> label. */
  fixed: Readonly<Record<string, string>>;
}

/** The places on an axis of a value that a figure has; null: no cell has it. */
interface Part {
  entry: string;
  dimension: number | null;
  places: number[] | null;
}

/**
 * The cells that may correspond to a figure of a published table, by the values on the axes of the sweep: all that do, and hardly others. Of a sweep whose
 * axes rule out every figure no cell is read.
 */
export async function matchingCells(db: Queryable, { table, sweepId, axes, fixed }: Question): Promise<string[]> {
  const parts = await rows<Part>(db, `
    select e.config::text as entry, min(a.dimension) as dimension, array_agg(distinct a.place) filter (where coalesce(a.value, 'null') @> part.value) as places
    from (select distinct config from paper_figures where table_id = $2 and config is not null) e
    cross join jsonb_each(e.config) part left join sweep_axes a on a.sweep_id = $1 and a.key = part.key
    group by e.config, part.key`, [sweepId, table]);
  const asked = placesLabelled(axes, fixed);
  if (asked === null) return [];
  const entries = [...new Set(parts.map(({ entry }) => entry))].map((entry) => parts.filter((part) => part.entry === entry)).filter((of) => of.every(({ places }) => places !== null));
  const wanted = new Map(entries.map((of): [string, Places] => {
    const at = new Map(asked);
    for (const { dimension, places } of of) if (dimension !== null) at.set(dimension, places!.filter((place) => at.get(dimension)?.includes(place) ?? true));
    return [JSON.stringify([...at]), at];
  }));
  const cells = new Map<string, number>();
  for (const at of wanted.values()) {
    const params: unknown[] = [sweepId];
    const found = await rows<{ cell: string; position: number }>(db, `
      select cell_id as cell, position from (${placedCells({ axes, at }, (value) => `$${params.push(value)}`)}) placed order by position limit ${mostMatches}`, params);
    for (const { cell, position } of found) cells.set(cell, position);
  }
  return [...cells].sort(([, a], [, b]) => a - b).slice(0, mostMatches).map(([cell]) => cell);
}

/** By dimension: the places that have the labels; null: nothing has. */
function placesLabelled(axes: SweepAxes, fixed: Readonly<Record<string, string>>): Places | null {
  const places = new Map<number, number[]>();
  for (const [name, label] of Object.entries(fixed)) {
    const axis = axes.get(name);
    const found = (axis?.values ?? []).flatMap((value, place) => (value !== null && labelOf(name as ParameterName, value) === label ? [place] : []));
    if (found.length === 0) return null;
    if (axis!.dimension !== null) places.set(axis!.dimension, found);
  }
  return places;
}

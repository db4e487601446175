import type { SweepAxes } from './sweep-axes.js';

/** By dimension: the places that cells may have there; any on the others. */
export type Places = ReadonlyMap<number, readonly number[]>;

/** Cells up to which those at some places are looked up one by one; of more, the places of the whole sweep are looked through. */
const mostLookups = 5000;

export const dimensionsOf = (axes: SweepAxes): number[] => [...axes.values()].flatMap(({ dimension }) => dimension ?? []).sort((a, b) => a - b);

/** Every combination of places, as PostgreSQL writes lists. */
const combined = (sides: readonly (readonly number[])[]): string[] =>
  sides.reduce<string[]>((all, side) => all.flatMap((before) => side.map((place) => (before === '' ? `${place}` : `${before},${place}`))), ['']).map((places) => `{${places}}`);

/** A statement for the rows of `cell_places` of sweep $1 at these places; `given` makes a parameter of a value. */
export function placedCells({ axes, at }: { axes: SweepAxes; at: Places }, given: (value: unknown) => string): string {
  const sizes = new Map([...axes.values()].map(({ dimension, values }) => [dimension, values.length]));
  const sides = dimensionsOf(axes).map((dimension) => at.get(dimension) ?? Array.from({ length: sizes.get(dimension)! }, (_, place) => place));
  if (sides.reduce((product, side) => product * side.length, 1) <= mostLookups) {
    return `select p.* from unnest(${given(combined(sides))}::text[]) wanted(place) cross join lateral (select * from cell_places where sweep_id = $1 and place = wanted.place::integer[] offset 0) p`;
  }
  const conditions = [...at].map(([dimension, places]) => ` and place[${given(dimension)}::integer] = any(${given(places)}::integer[])`);
  return `select * from cell_places where sweep_id = $1${conditions.join('')}`;
}

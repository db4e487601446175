import type { Axes } from './axes.js';
import { networkChoiceSchema } from './design.js';
import type { ParameterName } from './parameters.js';
import { placesOf } from './places.js';
import type { Spec } from './spec.js';

/** The effect of `exclude` on a grid. */
export interface Excluded {
  /** By position: 1 for a cell that some entry matches. */
  cells: Uint8Array;
  /** Indices of the entries that match no cell. */
  idle: number[];
}

/** The cells one entry matches: axis -> the indices it allows there. Axes it does not restrict are omitted. */
type Box = ReadonlyMap<number, readonly number[]>;

/** `undefined`: the entry matches no cell. */
type FindBox = (entry: Spec['exclude'][number]) => Box | undefined;

/** A pattern with the shape of its network in place of the name: guidance has one. */
function withShape(pattern: unknown): unknown {
  return typeof pattern === 'object' && pattern !== null && 'network' in pattern ? { ...pattern, network: networkChoiceSchema.parse(pattern.network) } : pattern;
}

function boxFinder({ names, values }: Axes): FindBox {
  const finders = new Map<string, (pattern: unknown) => readonly number[]>();
  const finderOf = (axis: number): ((pattern: unknown) => readonly number[]) => {
    const name = names[axis] as ParameterName;
    const finder = finders.get(name) ?? placesOf(values[axis] ?? []);
    finders.set(name, finder);
    return (pattern) => finder(name === 'network' ? networkChoiceSchema.parse(pattern) : withShape(pattern));
  };
  return (entry) => {
    const places = Object.entries(entry).map(([name, pattern]) => {
      const axis = names.indexOf(name as ParameterName);
      return [axis, finderOf(axis)(pattern)] as const;
    });
    if (places.some(([, found]) => found.length === 0)) return undefined;
    return new Map(places.filter(([axis, found]) => found.length < (values[axis] ?? []).length));
  };
}

/** Equal boxes are merged. */
function distinct(boxes: readonly Box[]): Box[] {
  const numbers = new Map<readonly number[], number>();
  const numberOf = (places: readonly number[]): number => {
    const number = numbers.get(places) ?? numbers.size;
    numbers.set(places, number);
    return number;
  };
  return [...new Map(boxes.map((box) => [[...box].sort(([one], [other]) => one - other).map(([axis, places]) => `${axis}:${numberOf(places)}`).join(), box])).values()];
}

/**
 * Marks the cells of the boxes, axis by axis: only the boxes that allow an index are passed on to the next axis, and one that does
 * not restrict the remaining axes marks all cells below. So the time grows with the cells that boxes reach, not with cells times boxes.
 */
function mark(cells: Uint8Array, { strides, size }: Axes, boxes: readonly Box[]): void {
  const lastAxis = new Map(boxes.map((box) => [box, Math.max(-1, ...box.keys())]));
  const visit = (axis: number, from: number, alive: readonly Box[]): void => {
    if (alive.some((box) => lastAxis.get(box)! < axis)) {
      cells.fill(1, from, from + (axis === 0 ? size : strides[axis - 1]!));
      return;
    }
    const free = alive.filter((box) => !box.has(axis));
    const byPlace = new Map<number, Box[]>();
    for (const box of alive) {
      for (const place of box.get(axis) ?? []) {
        const there = byPlace.get(place);
        if (there === undefined) byPlace.set(place, [box]);
        else there.push(box);
      }
    }
    const places = free.length === 0 ? byPlace.keys() : axisPlaces(axis);
    for (const place of places) visit(axis + 1, from + place * strides[axis]!, [...free, ...(byPlace.get(place) ?? [])]);
  };
  const axisPlaces = (axis: number): Iterable<number> => Array.from({ length: (axis === 0 ? size : strides[axis - 1]!) / strides[axis]! }).keys();
  visit(0, 0, boxes);
}

/** The cells of a grid that `exclude` drops: those where every parameter that an entry names has that value, for some entry. */
export function excludedFrom(axes: Axes, entries: Spec['exclude']): Excluded {
  const cells = new Uint8Array(axes.size);
  const boxes = entries.map(boxFinder(axes));
  const found = boxes.flatMap((box) => (box === undefined ? [] : [box]));
  if (found.length > 0) mark(cells, axes, distinct(found));
  return { cells, idle: boxes.flatMap((box, index) => (box === undefined ? [index] : [])) };
}

import { ElucidateError } from './errors.js';
import { placesAt } from './keep-places.js';
import { chooseAxes, nfe, varyingIn, type GridAxes } from './plot-axes.js';
import { isMeasured } from './plot-work.js';
import type { PlotRequest } from './plot.js';

/** What the cells of a picture have in common: one choice of what it does not show, among those at what was asked for. */
export interface PlotChoice {
  /** Keys on which one value is chosen, which is the same for all cells of the picture. */
  rest: readonly string[];
  /** Keys on which each point has the value of the best configuration of its place. */
  bestOver: readonly string[];
  /** By dimension of the grid: the places that were asked for, in all of `fixed`. */
  wanted: ReadonlyMap<number, readonly number[]>;
  /** The number of evaluations that was asked for: its label. */
  nfe: string | null;
  /** Whether cells of different numbers of evaluations have different places. */
  byNfe: boolean;
}

/** Throws 'request.invalid' for axes that the sweep does not have. */
export function plotChoiceOf(axes: GridAxes, request: PlotRequest): PlotChoice {
  const { x, y, lines, facets } = chooseAxes(axes, request);
  const fixed = Object.entries(request.fixed ?? {});
  const shown = new Set([x, y, lines, facets].flatMap((reader) => reader?.key ?? []));
  const wanted = new Map<number, readonly number[]>();
  for (const [path, label] of fixed.filter(([known]) => known !== nfe)) {
    const { dimension, places } = placesAt(axes, path, [label]);
    wanted.set(dimension, places.filter((place) => wanted.get(dimension)?.includes(place) ?? true));
  }
  const others = varyingIn(axes).filter((key) => !shown.has(key) && !fixed.some(([path]) => path === key));
  if (request.rest === 'best' && isMeasured(x.path)) throw new ElucidateError('request.invalid', `the best of each place of ${x.path}: measured seconds are of one configuration each; choose another x, or fix the rest`);
  return { rest: request.rest === 'best' ? [] : others, bestOver: request.rest === 'best' ? others : [], wanted, nfe: fixed.find(([path]) => path === nfe)?.[1] ?? null, byNfe: [x, y, lines, facets].some((reader) => reader?.path === nfe) };
}

import { ElucidateError } from './errors.js';
import { labelOf } from './labels.js';
import { higherIsBetter } from './metric-requests.js';
import { chooseAxes, nfe, readerOf, varyingIn, type AxisReader, type ChosenAxes, type GridAxes } from './plot-axes.js';
import type { MetricPlot, PlotAxis, PlotCell, PlotPoint, PlotRequest } from './plot.js';

/** More points than this make no picture. */
const mostPoints = 20_000;

/** Cells at the labels that were asked for. Throws 'request.invalid' for a label that no cell has. */
function selected(cells: readonly PlotCell[], axes: GridAxes, fixed: Readonly<Record<string, string>>): PlotCell[] {
  let kept = [...cells];
  for (const [path, label] of Object.entries(fixed)) {
    const reader = readerOf(axes, path, '--fixed');
    if (path !== nfe && !reader.values.map(String).includes(label)) throw new ElucidateError('request.invalid', `--fixed ${path}:${label}: the sweep has ${path} ${reader.values.join(' or ')}`);
    kept = kept.filter((cell) => String(reader.valueOf(cell)) === label);
  }
  return kept;
}

/** Cells that agree on what the picture does not show: where they are, and what they have. */
interface Choice {
  places: readonly number[];
  cells: PlotCell[];
  scored: number;
  sum: number;
}

/** Of what the picture does not show, the choice with the most scores, among those the one with the best mean. */
function bestChoice(cells: readonly PlotCell[], dimensions: readonly number[], metric: string): Choice | undefined {
  const choices = new Map<string, Choice>();
  for (const cell of cells) {
    const places = dimensions.map((dimension) => cell.place[dimension - 1] ?? -1);
    const key = places.join();
    const choice = choices.get(key) ?? { places, cells: [], scored: 0, sum: 0 };
    choices.set(key, choice);
    choice.cells.push(cell);
    if (cell.estimate?.mean == null) continue;
    choice.scored += 1;
    choice.sum += cell.estimate.mean;
  }
  const sign = higherIsBetter(metric) ? -1 : 1;
  return [...choices.values()].sort((a, b) => b.scored - a.scored || sign * (a.sum / a.scored - b.sum / b.scored) || 0)[0];
}

/** The mean over the trials of several configurations; one of many trials counts for more. */
function pooled(at: Pick<PlotPoint, 'x' | 'y' | 'line' | 'facet'>, cells: readonly PlotCell[]): PlotPoint {
  const estimates = cells.map(({ estimate }) => estimate!);
  const scored = estimates.filter(({ mean }) => mean !== null);
  const count = scored.reduce((sum, estimate) => sum + estimate.count, 0);
  return {
    ...at,
    mean: count === 0 ? null : scored.reduce((sum, { mean, count: trials }) => sum + mean! * trials, 0) / count,
    min: count === 0 ? null : Math.min(...scored.map(({ min }) => min)),
    max: count === 0 ? null : Math.max(...scored.map(({ max }) => max)),
    count, diverged: estimates.reduce((sum, { diverged }) => sum + diverged, 0), cells: cells.length,
  };
}

function pointsOf(cells: readonly PlotCell[], { x, y, lines, facets }: ChosenAxes): PlotPoint[] {
  const groups = new Map<string, { at: Pick<PlotPoint, 'x' | 'y' | 'line' | 'facet'>; cells: PlotCell[] }>();
  for (const cell of cells) {
    const [across, up, line, facet] = [x, y, lines, facets].map((reader) => reader?.valueOf(cell) ?? null);
    if (across == null || cell.estimate === null || (y !== null && up == null) || (lines !== null && line == null) || (facets !== null && facet == null)) continue;
    const key = JSON.stringify([across, up, line, facet]);
    const group = groups.get(key) ?? { at: { x: across, y: up ?? null, line: line == null ? null : String(line), facet: facet == null ? null : String(facet) }, cells: [] };
    groups.set(key, group);
    group.cells.push(cell);
  }
  return [...groups.values()].map((group) => pooled(group.at, group.cells));
}

function axisOf({ path, title, numeric, values }: AxisReader, seen: readonly (number | string | null)[]): PlotAxis {
  const present = new Set(seen);
  const shown = path === nfe ? [...present].filter((value) => value !== null).sort((a, b) => Number(a) - Number(b)) : values.filter((value) => present.has(value) || present.has(String(value)));
  return { path, title, numeric, values: shown };
}

/** What a picture is of. */
export interface PlotSource extends Pick<MetricPlot, 'sweepId' | 'sweepName' | 'n' | 'evaluator' | 'extractor'> {
  metric: string;
  axes: GridAxes;
  cells: readonly PlotCell[];
}

/** The numbers of a picture. Throws 'request.invalid' for axes or labels that the sweep does not have, 'not_found' if nothing has been scored. */
export function plotOf({ axes, cells, metric, sweepId, sweepName, n, evaluator, extractor }: PlotSource, request: PlotRequest): MetricPlot {
  const chosen = chooseAxes(axes, request);
  const fixed = request.fixed ?? {};
  const shown = new Set([chosen.x, chosen.y, chosen.lines, chosen.facets].flatMap((reader) => reader?.key ?? []));
  const rest = varyingIn(axes).filter((key) => !shown.has(key) && !Object.keys(fixed).some((path) => path === key));
  const dimensionOf = (key: string): number => axes.get(key)!.dimension!;
  const choice = bestChoice(selected(cells, axes, fixed), rest.map(dimensionOf), metric);
  const points = choice === undefined ? [] : pointsOf(choice.cells, chosen);
  if (points.length === 0) throw new ElucidateError('not_found', `Sweep ${sweepId} has no ${metric} to draw yet; \`elucidate status ${sweepId}\` shows how far it is, \`elucidate failures ${sweepId}\` what failed`);
  if (points.length > mostPoints) throw new ElucidateError('request.invalid', `The picture would have ${points.length} points; at most ${mostPoints} make one. Choose other axes, or fix some with --fixed`);
  const chosenLabels = Object.fromEntries(rest.map((key, i) => [key, labelOf(key, axes.get(key)!.values[choice!.places[i]!])]));
  const seen = (of: (point: PlotPoint) => number | string | null): (number | string | null)[] => points.map(of);
  return {
    sweepId, sweepName, metric, n, evaluator, extractor, points,
    x: axisOf(chosen.x, seen((point) => point.x)),
    y: chosen.y && axisOf(chosen.y, seen((point) => point.y)),
    lines: chosen.lines && axisOf(chosen.lines, seen((point) => point.line)),
    facets: chosen.facets && axisOf(chosen.facets, seen((point) => point.facet)),
    fixed: { ...fixed, ...chosenLabels }, chosen: rest,
    cells: { drawn: points.reduce((sum, point) => sum + point.cells, 0), selected: choice!.cells.length },
    incomparable: choice!.cells.filter((cell) => cell.incomparable).length,
    real: choice!.cells.find(({ estimate }) => estimate?.real != null)?.estimate?.real ?? null,
  };
}

/** The pictures of a sweep, the first to look at first: by what varies, then against the work of sampling where that varies. */
export function plotRequestsOf(axes: GridAxes): PlotRequest[] {
  const varying = varyingIn(axes);
  if (varying.length === 0) return [];
  const first = chooseAxes(axes, {});
  const byWork: PlotRequest = { x: nfe, ...(varying.includes('sampler') && { lines: 'sampler' }), facets: 'none' };
  return [{}, ...(varying.includes('steps') && first.x.path !== nfe && first.x.path !== 'steps' ? [byWork] : [])];
}

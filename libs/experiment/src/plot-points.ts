import { seedsKey, type Trial } from '@elucidate/statistics/trial';
import { confidenceOf } from './confidence.js';
import { ElucidateError } from './errors.js';
import { labelOf } from './labels.js';
import { higherIsBetter } from './metric-requests.js';
import { isWorkPath } from './plot-work.js';
import { chooseAxes, nfe, readerOf, varyingIn, type AxisReader, type ChosenAxes, type GridAxes } from './plot-axes.js';
import { plotChoiceOf } from './plot-choice.js';
import type { ScoreBasis } from './score-basis.js';
import type { MetricPlot, PlotAxis, PlotCell, PlotPoint, PlotRequest } from './plot.js';

/** More points than this make no picture. */
const mostPoints = 20_000;

/** Cells at the labels that were asked for. Throws 'request.invalid' for a label that no cell has. */
export function selectedCells(cells: readonly PlotCell[], axes: GridAxes, fixed: Readonly<Record<string, string>>): PlotCell[] {
  let kept = [...cells];
  for (const [path, label] of Object.entries(fixed)) {
    const reader = readerOf(axes, path, '--fixed');
    if (!isWorkPath(path) && !reader.values.map(String).includes(label)) throw new ElucidateError('request.invalid', `--fixed ${path}:${label}: the sweep has ${path} ${reader.values.join(' or ')}`);
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

type At = Pick<PlotPoint, 'x' | 'y' | 'line' | 'facet'>;

/** A place of the picture, and the configurations there. */
interface Group {
  at: At;
  cells: PlotCell[];
}

/** Each trial of these configurations by its seeds: of several, their mean at each pair of seeds. Empty unless all have the same seeds. */
function bySeeds(each: readonly (readonly Trial[])[]): readonly Trial[] {
  const [first = [], ...others] = each;
  if (others.length === 0) return first;
  const sums = new Map(first.map((trial) => [seedsKey(trial), { ...trial }]));
  for (const trials of others) {
    if (trials.length !== sums.size || !trials.every((trial) => sums.has(seedsKey(trial)))) return [];
    for (const trial of trials) sums.get(seedsKey(trial))!.value += trial.value;
  }
  return [...sums.values()].map((sum) => ({ ...sum, value: sum.value / each.length }));
}

/** Lowest and highest that was measured over the trials of these configurations. */
function acrossOf(cells: readonly PlotCell[]): PlotPoint['across'] {
  const measured = cells.flatMap(({ seconds }) => seconds ?? []);
  return measured.length === 0 ? null : { low: Math.min(...measured.map(({ low }) => low)), high: Math.max(...measured.map(({ high }) => high)) };
}

/** The mean over the trials of several configurations; one of many trials counts for more. */
function pooled(metric: string, { at, cells }: Group, trialsOf: TrialsOf): PlotPoint {
  const estimates = cells.map(({ estimate }) => estimate!);
  const scored = estimates.filter(({ mean }) => mean !== null);
  const count = scored.reduce((sum, estimate) => sum + estimate.count, 0);
  const trials = bySeeds(cells.filter(({ estimate }) => estimate!.mean !== null).map(({ cellId }) => trialsOf.get(cellId) ?? []));
  return {
    ...at, across: acrossOf(cells),
    mean: count === 0 ? null : scored.reduce((sum, { mean, count: own }) => sum + mean! * own, 0) / count,
    min: count === 0 ? null : Math.min(...scored.map(({ min }) => min)),
    max: count === 0 ? null : Math.max(...scored.map(({ max }) => max)),
    count, diverged: estimates.reduce((sum, { diverged }) => sum + diverged, 0), cells: cells.length,
    cell: cells.length === 1 ? cells[0]!.cellId : null,
    ...(cells[0]?.among !== undefined && { among: cells[0].among }),
    confidence: trials.length === 0 ? null : confidenceOf(metric, trials), trials,
  };
}

function groupsOf(cells: readonly PlotCell[], { x, y, lines, facets }: ChosenAxes): Group[] {
  const groups = new Map<string, Group>();
  for (const cell of cells) {
    const [across, up, line, facet] = [x, y, lines, facets].map((reader) => reader?.valueOf(cell) ?? null);
    if (across == null || cell.estimate === null || (y !== null && up == null) || (lines !== null && line == null) || (facets !== null && facet == null)) continue;
    const key = JSON.stringify([across, up, line, facet]);
    const group = groups.get(key) ?? { at: { x: across, y: up ?? null, line: line == null ? null : String(line), facet: facet == null ? null : String(facet) }, cells: [] };
    groups.set(key, group);
    group.cells.push(cell);
  }
  return [...groups.values()];
}

/** The best configuration of a place, of all that were scored there. */
function bestOf(metric: string, { at, cells }: Group): Group {
  const scored = cells.filter(({ estimate }) => estimate?.mean != null);
  const sign = higherIsBetter(metric) ? -1 : 1;
  const [best] = scored.toSorted((a, b) => sign * (a.estimate!.mean! - b.estimate!.mean!));
  return { at, cells: best === undefined ? cells.slice(0, 1) : [{ ...best, among: scored.reduce((sum, { among = 1 }) => sum + among, 0) }] };
}

function axisOf({ path, title, numeric, values }: AxisReader, seen: readonly (number | string | null)[]): PlotAxis {
  const present = new Set(seen);
  const shown = isWorkPath(path) ? [...present].filter((value) => value !== null).sort((a, b) => Number(a) - Number(b)) : values.filter((value) => present.has(value) || present.has(String(value)));
  return { path, title, numeric, values: shown };
}

/** What a picture is of. */
export interface PlotSource extends Pick<MetricPlot, 'sweepId' | 'sweepName' | 'evaluator' | 'work'> {
  metric: string;
  axes: GridAxes;
  /** All of the sweep, or those of the choice that `plotChoiceOf` names. */
  cells: readonly PlotCell[];
  /** Why none has a score, as the end of a sentence. */
  unscored?: string;
}

/** Cell -> its finite scores by seed. */
export type TrialsOf = ReadonlyMap<string, readonly Trial[]>;

/** Which configurations a picture shows, and where. */
export interface Picked extends Omit<PlotSource, 'cells' | 'axes' | 'unscored'> {
  axesOf: ChosenAxes;
  fixed: Readonly<Record<string, string>>;
  chosen: readonly string[];
  bestOver?: readonly string[] | undefined;
  selected: readonly PlotCell[];
  groups: readonly Group[];
}

/** Chooses what a picture shows. Throws 'request.invalid' for axes or labels that the sweep does not have, 'not_found' if nothing has been scored. */
export function picked({ cells, axes, unscored, ...source }: PlotSource, request: PlotRequest): Picked {
  const { metric, sweepId } = source;
  const axesOf = chooseAxes(axes, request);
  const fixed = request.fixed ?? {};
  const { rest, bestOver } = plotChoiceOf(axes, request);
  const dimensionOf = (key: string): number => axes.get(key)!.dimension!;
  const choice = bestChoice(selectedCells(cells, axes, fixed), rest.map(dimensionOf), metric);
  const all = choice === undefined ? [] : groupsOf(choice.cells, axesOf);
  const groups = bestOver.length === 0 ? all : all.map((group) => bestOf(metric, group));
  if (groups.length === 0) throw new ElucidateError('not_found', `Sweep ${sweepId} has no ${metric} to draw${unscored ?? `; \`elucidate status ${sweepId}\` shows how far it is, \`elucidate failures ${sweepId}\` what failed`}`);
  if (groups.length > mostPoints) throw new ElucidateError('request.invalid', `The picture would have ${groups.length} points; at most ${mostPoints} make one. Choose other axes, or fix some with --fixed`);
  const chosenLabels = Object.fromEntries(rest.map((key, i) => [key, labelOf(key, axes.get(key)!.values[choice!.places[i]!])]));
  return { ...source, axesOf, groups, selected: choice!.cells, fixed: { ...fixed, ...chosenLabels }, chosen: rest, ...(bestOver.length > 0 && { bestOver }) };
}

/** The configurations of which a picture has a score. */
export const cellsIn = ({ groups }: Picked): PlotCell[] => groups.flatMap(({ cells }) => cells.filter(({ estimate }) => estimate!.mean !== null));

/** What is read of the configurations that a picture shows. */
export interface PlotDetails {
  trialsOf?: TrialsOf;
  basis?: ScoreBasis | null;
}

/** The numbers of a picture; without the trials of its cells it does not say how sure they are. */
export function plotOf({ axesOf: { x, y, lines, facets }, groups, selected: cells, ...source }: Picked, { trialsOf = new Map(), basis = null }: PlotDetails = {}): MetricPlot {
  const points = groups.map((group) => pooled(source.metric, group, trialsOf));
  const seen = (of: (point: PlotPoint) => number | string | null): (number | string | null)[] => points.map(of);
  return {
    ...source, points, basis,
    x: axisOf(x, seen((point) => point.x)),
    y: y && axisOf(y, seen((point) => point.y)),
    lines: lines && axisOf(lines, seen((point) => point.line)),
    facets: facets && axisOf(facets, seen((point) => point.facet)),
    cells: { drawn: points.reduce((sum, point) => sum + point.cells, 0), selected: source.bestOver === undefined ? cells.length : points.reduce((sum, { among = 1 }) => sum + among, 0) },
    incomparable: cells.filter((cell) => cell.incomparable).length,
    n: cells.find(({ estimate }) => estimate !== null)?.estimate?.n ?? null,
    real: cells.find(({ estimate }) => estimate?.real != null)?.estimate?.real ?? null,
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

import { ElucidateError } from '@elucidate/experiment/errors';
import { digits, intervalWords } from '@elucidate/experiment/estimate-text';
import { notable } from '@elucidate/experiment/labels';
import { higherIsBetter, metricTitle } from '@elucidate/experiment/metric-requests';
import type { MetricPlot, PlotAxis, PlotPoint } from '@elucidate/experiment/plot';
import { workWords } from '@elucidate/experiment/plot-work';
import { plural } from '@elucidate/experiment/plural';
import { basesText } from '@elucidate/experiment/basis-words';
import { columnsFor } from '../facets.js';
import type { CurvePanel, Figure, HeatCell, HeatPanel, Panel, Series } from '../figure.js';
import { cutNotes, hasNames, scoreAxis, xAxisOf, type ScoreAxis } from '../plot-scales.js';
import { robustRange } from '../robust-range.js';

export interface MetricFigureOptions {
  /** Default: where the largest number is 16 times the smallest or more. */
  logX?: boolean | undefined;
  /** Default: linear. */
  logY?: boolean | undefined;
}

/** Panels of a picture, rows of squares below each other in it, and columns of a heat map: more cannot be read, and as a PNG would take gigabytes of memory. */
const [mostPanels, mostRows, mostColumns] = [24, 200, 200];

/** Throws 'request.invalid' for axes with more values than a picture has room for. */
function requireRoom({ x, y, facets }: MetricPlot): void {
  const panels = facets?.values.length ?? 1;
  const limits = [
    ['panels', panels, mostPanels],
    ...(y === null ? [] : [['rows of squares', y.values.length * Math.ceil(panels / columnsFor(panels)), mostRows], ['columns of squares', x.values.length, mostColumns]] as const),
  ] as const;
  for (const [what, count, most] of limits) {
    if (count > most) throw new ElucidateError('request.invalid', `The picture would have ${count} ${what}; at most ${most} can be read. Choose other axes; as JSON there are the numbers without a picture`);
  }
}

const range = (values: readonly number[], word: string): string => {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least === most ? plural(most, word) : `${least} to ${plural(most, word)}`;
};

const titleOf = ({ metric, sweepName, x, y, lines, facets }: MetricPlot): string =>
  `${metricTitle(metric)} by ${x.title}${y === null ? '' : ` and ${y.title}`}${lines === null ? '' : ` for each ${lines.numeric ? 'value of ' : ''}${lines.title}`}${facets === null ? '' : `, by ${facets.title}`} · ${sweepName}`;

function subtitleOf(plot: MetricPlot): string {
  const { metric, basis, points, fixed } = plot;
  const scored = points.filter(({ count }) => count > 0);
  const over = scored.length === 0 ? '' : `Mean over ${range(scored.map(({ count }) => count), 'trial')}${scored.some(({ cells }) => cells > 1) ? ` of ${range(scored.map(({ cells }) => cells), 'configuration')}` : ''} a point; `;
  const fixedText = Object.entries(notable(fixed, Object.fromEntries(Object.entries(fixed).map(([name, label]) => [name, [label]])))).map(([name, label]) => `${name} ${label}`).join(', ');
  return [
    `${over}${higherIsBetter(metric) ? 'higher' : 'lower'} is better.`,
    basis === null ? '' : basesText([basis]),
    fixedText === '' ? '' : `At ${fixedText}.`,
  ].filter((part) => part !== '').join(' ');
}

/** Values that speak for themselves in a legend; those of other axes follow the axis' name. */
const selfNamed: ReadonlySet<string> = new Set(['sampler', 'sampler.kind', 'schedule', 'schedule.kind', 'discretisation', 'discretisation.kind']);

const labelOf = ({ path, title }: PlotAxis, value: string): string => (selfNamed.has(path) ? value : `${title} ${value}`);

/** Where a point of a picture is: "heun, input scale b 1.4". */
export const nameOf = ({ x, y, lines, facets }: MetricPlot, point: PlotPoint): string =>
  [lines && labelOf(lines, point.line!), facets && labelOf(facets, point.facet!), `${x.title} ${point.x}`, y && `${y.title} ${point.y}`].filter((part) => part !== null).join(', ');

const listed = (names: readonly string[]): string => `${names.slice(0, 4).join('; ')}${names.length > 4 ? ' and so on' : ''}`;

/** What the shades and the small dots are. */
function spreadNotes({ x, points }: MetricPlot): string[] {
  const confidences = points.flatMap(({ confidence }) => confidence ?? []);
  const several = points.filter(({ count }) => count > 1);
  if (several.length === 0) return [];
  if (confidences.length === 0) return [several.some(({ cells }) => cells > 1) ? 'No intervals: the configurations of a point do not have the same seeds.' : 'No intervals: more than 2,000 configurations, of which single trials are not read.'];
  const dots = `Small dots: single trials${several.some(({ cells }) => cells > 1) ? '; of several configurations, their mean at each pair of seeds' : ''}.`;
  const shades = confidences.some(({ interval }) => interval !== null) ? [`${x.numeric ? 'Shaded' : 'Bars'}: ${intervalWords(confidences)}. Where these overlap, one may still be better at every seed: the leaderboard has paired differences.`] : ['No intervals: these seeds do not suffice for one.'];
  return [...shades, dots];
}

function notesOf(plot: MetricPlot, { beyond, cut }: Pick<ScoreAxis<PlotPoint>, 'beyond' | 'cut'>): string[] {
  const { metric, points, cells, chosen, fixed, incomparable, bestOver } = plot;
  const diverged = points.filter((point) => point.diverged > 0);
  const trials = diverged.reduce((sum, point) => sum + point.diverged, 0);
  return [
    ...(plot.y === null ? spreadNotes(plot) : []),
    ...(plot.work === null ? [] : [`${workWords(plot.work)} Bars across: from the shortest trial to the longest.`]),
    ...cutNotes(cut.intervals),
    ...(cut.trials > 0 ? [`${plural(cut.trials, 'single trial')} far from the others ${cut.trials === 1 ? 'is' : 'are'} beyond the axis.`] : []),
    ...(beyond.length > 0 ? [`${plural(beyond.length, 'point')} far from the others ${beyond.length === 1 ? 'is' : 'are'} beyond the axis, which is for the rest: ${listed(beyond.map((point) => `${nameOf(plot, point)}: ${digits(metric, point.mean)}`))}.`] : []),
    ...(trials > 0 ? [`${plural(trials, 'trial')} diverged and ${trials === 1 ? 'is' : 'are'} in no mean: ${listed(diverged.map((point) => nameOf(plot, point)))}.`] : []),
    ...(chosen.length > 0 ? [`${chosen.map((key) => `${key} ${fixed[key]}`).join(', ')}: chosen among what else varies, as what has the most scores and, of those, the best mean; --fixed chooses another.`] : []),
    ...(bestOver !== undefined ? [`Each is the best of what differs in ${bestOver.join(', ')} alone, of up to ${plural(Math.max(...points.map(({ among = 1 }) => among)), 'configuration')}; the best of several looks better than it is. ${cells.drawn} of ${plural(cells.selected, 'scored configuration')} drawn.`] : cells.drawn < cells.selected ? [`${cells.drawn} of ${plural(cells.selected, 'configuration')} drawn; ${incomparable > 0 ? `${incomparable} have scores of another evaluator, n or training length, which do not compare; ` : ''}the others have no score or no value on an axis.`] : [`${cells.drawn} of ${plural(cells.selected, 'configuration')} drawn.`]),
  ];
}

function seriesOf({ x, lines }: MetricPlot, points: readonly PlotPoint[], beyond: readonly PlotPoint[]): Series[] {
  const place = (point: PlotPoint): number => (x.numeric ? Number(point.x) : x.values.indexOf(point.x));
  const labels = lines === null ? [null] : lines.values.map(String);
  const far = new Set(beyond);
  const ofLine = new Map(labels.map((label) => [label, [] as PlotPoint[]]));
  for (const point of points) ofLine.get(point.line)?.push(point);
  return labels.map((label, row) => {
    // labels have no width of their own: lines stand side by side on them
    const shift = x.numeric ? 0 : (row - (labels.length - 1) / 2) * Math.min(0.12, 0.7 / labels.length);
    const at = (point: PlotPoint): number => place(point) + shift;
    const own = ofLine.get(label)!.sort((a, b) => place(a) - place(b));
    const shown = (point: PlotPoint): boolean => point.mean !== null && !far.has(point);
    return {
      label: label === null ? '' : labelOf(lines!, label), dots: true, scattered: !x.numeric,
      points: own.map((point) => [at(point), shown(point) ? point.mean! : NaN] as const),
      band: bandOf(own, { at, shown }),
      across: own.flatMap((point) => (shown(point) && point.across !== null ? [[point.mean!, point.across.low, point.across.high] as const] : [])),
      singles: own.filter((point) => shown(point) && point.count > 1).flatMap((point) => point.trials.map(({ value }) => [at(point), value] as const)),
      beyond: own.filter((point) => far.has(point)).map((point) => [at(point), point.mean!] as const),
      lost: own.filter(({ mean }) => mean === null).map(at),
    };
  });
}

/** The intervals of a line's points; NaN where a point has none. */
function bandOf(points: readonly PlotPoint[], { at, shown }: { at: (point: PlotPoint) => number; shown: (point: PlotPoint) => boolean }): readonly (readonly [number, number, number])[] {
  if (points.every(({ confidence }) => confidence?.interval == null)) return [];
  return points.map((point) => {
    const interval = shown(point) ? point.confidence?.interval : undefined;
    return [at(point), interval?.low ?? NaN, interval?.high ?? NaN] as const;
  });
}

/** The scores that the shades of a heat map are for. */
const shadesOf = ({ points }: MetricPlot) => robustRange(points.flatMap(({ mean }) => mean ?? []), false) ?? { low: 0, high: 1 };

function heatNotes(plot: MetricPlot): string[] {
  const { low, high } = shadesOf(plot);
  const far = plot.points.filter(({ mean }) => mean !== null && (mean < low || mean > high));
  return [
    'Darker is better; the best is outlined. Numbers are means over trials.',
    ...(far.length > 0 ? [`${plural(far.length, 'square')} far from the others ${far.length === 1 ? 'has' : 'have'} the shade of the nearest end, since shades are for the rest: ${listed(far.map((point) => `${nameOf(plot, point)}: ${digits(plot.metric, point.mean)}`))}.`] : []),
  ];
}

function heatOf(plot: MetricPlot, points: readonly PlotPoint[], title: string | undefined): HeatPanel {
  const { metric, x, y } = plot;
  const means = plot.points.flatMap(({ mean }) => mean ?? []);
  const { low, high } = shadesOf(plot);
  const best = higherIsBetter(metric) ? Math.max(...means) : Math.min(...means);
  const shadeOf = (mean: number): number => (high === low ? 0.5 : higherIsBetter(metric) ? (high - mean) / (high - low) : (mean - low) / (high - low));
  const keys = new Map(plot.points.map((point, i) => [point, String(i)]));
  const at = new Map(points.map((point) => [JSON.stringify([point.x, point.y]), point]));
  const cellOf = (across: number | string, up: number | string): HeatCell | null => {
    const point = at.get(JSON.stringify([across, up]));
    if (point === undefined) return null;
    return { text: digits(metric, point.mean), short: point.mean === null ? '' : point.mean.toFixed(Math.abs(point.mean) < 100 ? 1 : 0), shade: point.mean === null ? 1 : shadeOf(point.mean), best: point.mean === best, key: keys.get(point)!, title: `${nameOf(plot, point)}: ${digits(metric, point.mean)}` };
  };
  return { kind: 'heat', ...(title !== undefined && { title }), x: { label: x.title, values: x.values.map(String), names: hasNames(x) }, y: { label: y!.title, values: y!.values.map(String) }, cells: y!.values.map((up) => x.values.map((across) => cellOf(across, up))) };
}

/** A metric of a sweep along one axis, a line for each value of another, or over two as a heat map; a panel for each value of a third. Throws 'request.invalid' if that is too much for a picture. */
export function metricFigure(plot: MetricPlot, { logX, logY = false }: MetricFigureOptions = {}): Figure {
  requireRoom(plot);
  const facets = plot.facets === null ? [null] : plot.facets.values.map(String);
  const x = xAxisOf(plot.x, logX);
  const { axis: y, ...outside } = scoreAxis(plot.metric, plot.points, logY && plot.points.every(({ mean }) => mean === null || mean > 0));
  const panels = facets.map((facet): Panel => {
    const points = plot.points.filter((point) => point.facet === facet);
    const title = facet === null ? undefined : labelOf(plot.facets!, facet);
    if (plot.y !== null) return heatOf(plot, points, title);
    return { kind: 'curves', ...(title !== undefined && { title }), x, y, series: seriesOf(plot, points, outside.beyond) } satisfies CurvePanel;
  });
  return {
    title: titleOf(plot), subtitle: subtitleOf(plot), panels, columns: columnsFor(panels.length), legend: plot.lines === null ? 'none' : 'right',
    notes: notesOf(plot, plot.y === null ? outside : { beyond: [], cut: { trials: 0, intervals: 0 } }).concat(plot.y === null ? [] : heatNotes(plot)),
  };
}

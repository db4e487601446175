import { nfe } from '@elucidate/experiment/plot-axes';
import { ElucidateError } from '@elucidate/experiment/errors';
import { digits } from '@elucidate/experiment/estimate-text';
import { notable } from '@elucidate/experiment/labels';
import { higherIsBetter, metricTitle } from '@elucidate/experiment/metric-requests';
import type { MetricPlot, PlotAxis, PlotPoint } from '@elucidate/experiment/plot';
import { plural } from '@elucidate/experiment/plural';
import { columnsFor } from '../facets.js';
import type { Axis, CurvePanel, Figure, HeatCell, HeatPanel, Panel, Series } from '../figure.js';
import { robustRange } from '../robust-range.js';

export interface MetricFigureOptions {
  /** Default: where the largest number is 16 times the smallest or more. */
  logX?: boolean | undefined;
  /** Default: linear. */
  logY?: boolean | undefined;
}

/** By default a numeric axis over so large a ratio is logarithmic. */
const logRatio = 16;

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

/** What the features of an extractor are worth, where a reader has to know it. */
const extractorWords: Readonly<Record<string, string>> = {
  standard: 'standard features', trained: 'features trained for this sweep',
  random: 'features of an untrained network, which say little about images',
  identity: 'pixels as features',
};

const range = (values: readonly number[], word: string): string => {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least === most ? plural(most, word) : `${least} to ${plural(most, word)}`;
};

const titleOf = ({ metric, sweepName, x, y, lines, facets }: MetricPlot): string =>
  `${metricTitle(metric)} by ${x.title}${y === null ? '' : ` and ${y.title}`}${lines === null ? '' : ` for each ${lines.numeric ? 'value of ' : ''}${lines.title}`}${facets === null ? '' : `, by ${facets.title}`} · ${sweepName}`;

function subtitleOf(plot: MetricPlot): string {
  const { metric, n, evaluator, extractor, points, fixed } = plot;
  const scored = points.filter(({ count }) => count > 0);
  const over = scored.length === 0 ? '' : `Mean over ${range(scored.map(({ count }) => count), 'trial')}${scored.some(({ cells }) => cells > 1) ? ` of ${range(scored.map(({ cells }) => cells), 'configuration')}` : ''} a point; `;
  const fixedText = Object.entries(notable(fixed, Object.fromEntries(Object.entries(fixed).map(([name, label]) => [name, [label]])))).map(([name, label]) => `${name} ${label}`).join(', ');
  return [
    `${over}${higherIsBetter(metric) ? 'higher' : 'lower'} is better.`,
    `n = ${n ?? '-'} images${extractor === null ? '' : `, ${extractorWords[extractor] ?? extractor}`}${evaluator === null ? '' : `, evaluator ${evaluator.slice(0, 8)}`}.`,
    ...(fixedText === '' ? [] : [`At ${fixedText}.`]),
  ].join(' ');
}

/** Values that speak for themselves in a legend; those of other axes follow the axis' name. */
const selfNamed: ReadonlySet<string> = new Set(['sampler', 'sampler.kind', 'schedule', 'schedule.kind', 'discretisation', 'discretisation.kind']);

const labelOf = ({ path, title }: PlotAxis, value: string): string => (selfNamed.has(path) ? value : `${title} ${value}`);

/** "heun, input scale b 1.4". */
const nameOf = ({ x, y, lines, facets }: MetricPlot, point: PlotPoint): string =>
  [lines && labelOf(lines, point.line!), facets && labelOf(facets, point.facet!), `${x.title} ${point.x}`, y && `${y.title} ${point.y}`].filter((part) => part !== null).join(', ');

const listed = (names: readonly string[]): string => `${names.slice(0, 4).join('; ')}${names.length > 4 ? ' and so on' : ''}`;

function notesOf(plot: MetricPlot, beyond: readonly PlotPoint[]): string[] {
  const { metric, points, cells, chosen, fixed, incomparable, real } = plot;
  const diverged = points.filter((point) => point.diverged > 0);
  const trials = diverged.reduce((sum, point) => sum + point.diverged, 0);
  return [
    ...(plot.y === null && points.some(({ count }) => count > 1) ? [`${plot.x.numeric ? 'Shaded' : 'Bars'}: from the lowest trial to the highest.`] : []),
    ...(beyond.length > 0 ? [`${plural(beyond.length, 'point')} far from the others ${beyond.length === 1 ? 'is' : 'are'} beyond the axis, which is for the rest: ${listed(beyond.map((point) => `${nameOf(plot, point)}: ${digits(metric, point.mean)}`))}.`] : []),
    ...(trials > 0 ? [`${plural(trials, 'trial')} diverged and ${trials === 1 ? 'is' : 'are'} in no mean: ${listed(diverged.map((point) => nameOf(plot, point)))}.`] : []),
    ...(chosen.length > 0 ? [`${chosen.map((key) => `${key} ${fixed[key]}`).join(', ')}: chosen among what else varies, as what has the most scores and, of those, the best mean; --fixed chooses another.`] : []),
    ...(cells.drawn < cells.selected ? [`${cells.drawn} of ${plural(cells.selected, 'configuration')} drawn; ${incomparable > 0 ? `${incomparable} have scores of another evaluator or n, which do not compare; ` : ''}the others have no score yet or no value on an axis.`] : [`${cells.drawn} of ${plural(cells.selected, 'configuration')} drawn.`]),
    ...(real === null ? [] : [`Real-data baseline, ${metricTitle(metric)} of as many real images: ${digits(metric, real)}.`]),
  ];
}

const xAxisOf = ({ path, title: name, numeric, values }: PlotAxis, logX: boolean | undefined): Axis => {
  const title = path === nfe ? 'NFE, evaluations of the network for each image' : name;
  if (!numeric) return { label: title, scale: 'linear', domain: [-0.5, values.length - 0.5], ticks: values.map((label, at) => ({ at, label: String(label) })) };
  const numbers = values.map(Number);
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const log = low > 0 && (logX ?? high / low >= logRatio);
  const domain: [number, number] | undefined = low === high ? undefined : log ? [low / (high / low) ** 0.05, high * (high / low) ** 0.05] : [low - (high - low) * 0.05, high + (high - low) * 0.05];
  return { label: title, scale: log ? 'log' : 'linear', ...(domain && { domain }), ...(numbers.length <= 10 && { ticks: numbers.map((at) => ({ at, label: String(at) })) }) };
};

const spread = ({ min, max }: PlotPoint): number[] => [min, max].filter((value) => value !== null);

/** The ends of the y axis: of the means that belong together, with the bands around them as far as they are not far off either. */
function yAxisOf(plot: MetricPlot, logY: boolean): { axis: Axis; beyond: PlotPoint[] } {
  const label = `${metricTitle(plot.metric)}${logY ? ', log scale' : ''}`;
  const found = robustRange(plot.points.flatMap(({ mean }) => mean ?? []), logY);
  if (found === null) return { axis: { label, scale: logY ? 'log' : 'linear' }, beyond: [] };
  const isInside = ({ mean }: PlotPoint): boolean => mean !== null && mean >= found.low && mean <= found.high;
  const all = robustRange(plot.points.filter(isInside).flatMap((point) => [point.mean!, ...spread(point)]), logY)!;
  const [low, high] = [Math.min(found.low, all.low), Math.max(found.high, all.high)];
  const beyond = plot.points.filter((point) => point.mean !== null && !isInside(point));
  if (low === high) return { axis: { label, scale: logY ? 'log' : 'linear' }, beyond };
  const room = logY ? (high / low) ** 0.06 : (high - low) * 0.06;
  const domain: [number, number] = logY ? [low / room, high * room] : [low >= 0 ? Math.max(0, low - room) : low - room, high + room];
  return { axis: { label, scale: logY ? 'log' : 'linear', domain }, beyond };
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
      band: own.some(({ count }) => count > 1) ? own.map((point) => (shown(point) ? [at(point), point.min!, point.max!] as const : [at(point), NaN, NaN] as const)) : [],
      beyond: own.filter((point) => far.has(point)).map((point) => [at(point), point.mean!] as const),
      lost: own.filter(({ mean }) => mean === null).map(at),
    };
  });
}

function heatOf(plot: MetricPlot, points: readonly PlotPoint[], title: string | undefined): HeatPanel {
  const { metric, x, y } = plot;
  const means = plot.points.flatMap(({ mean }) => mean ?? []);
  const { low, high } = robustRange(means, false) ?? { low: 0, high: 1 };
  const best = higherIsBetter(metric) ? Math.max(...means) : Math.min(...means);
  const shadeOf = (mean: number): number => (high === low ? 0.5 : higherIsBetter(metric) ? (high - mean) / (high - low) : (mean - low) / (high - low));
  const at = new Map(points.map((point) => [JSON.stringify([point.x, point.y]), point]));
  const cellOf = (across: number | string, up: number | string): HeatCell | null => {
    const point = at.get(JSON.stringify([across, up]));
    if (point === undefined) return null;
    return { text: digits(metric, point.mean), short: point.mean === null ? '' : point.mean.toFixed(Math.abs(point.mean) < 100 ? 1 : 0), shade: point.mean === null ? 1 : shadeOf(point.mean), best: point.mean === best, title: `${nameOf(plot, point)}: ${digits(metric, point.mean)}` };
  };
  return { kind: 'heat', ...(title !== undefined && { title }), x: { label: x.title, values: x.values.map(String) }, y: { label: y!.title, values: y!.values.map(String) }, cells: y!.values.map((up) => x.values.map((across) => cellOf(across, up))) };
}

/** A metric of a sweep along one axis, a line for each value of another, or over two as a heat map; a panel for each value of a third. Throws 'request.invalid' if that is too much for a picture. */
export function metricFigure(plot: MetricPlot, { logX, logY = false }: MetricFigureOptions = {}): Figure {
  requireRoom(plot);
  const facets = plot.facets === null ? [null] : plot.facets.values.map(String);
  const x = xAxisOf(plot.x, logX);
  const { axis: y, beyond } = yAxisOf(plot, logY && plot.points.every(({ mean }) => mean === null || mean > 0));
  const panels = facets.map((facet): Panel => {
    const points = plot.points.filter((point) => point.facet === facet);
    const title = facet === null ? undefined : labelOf(plot.facets!, facet);
    if (plot.y !== null) return heatOf(plot, points, title);
    return { kind: 'curves', ...(title !== undefined && { title }), x, y, series: seriesOf(plot, points, beyond) } satisfies CurvePanel;
  });
  return {
    title: titleOf(plot), subtitle: subtitleOf(plot), panels, columns: columnsFor(panels.length), legend: plot.lines === null ? 'none' : 'right',
    notes: notesOf(plot, plot.y === null ? beyond : []).concat(plot.y === null ? [] : ['Darker is better; the best is outlined. Numbers are means over trials.']),
  };
}

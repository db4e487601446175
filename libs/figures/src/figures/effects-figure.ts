import type { ParameterEffect, SweepEffects, ValueEffect } from '@elucidate/experiment/effects';
import { basesText } from '@elucidate/experiment/basis-words';
import { digits } from '@elucidate/experiment/estimate-text';
import { metricTitle } from '@elucidate/experiment/metric-requests';
import { plural } from '@elucidate/experiment/plural';
import { fromScale, onScale, scaleWords, type ScoreScale } from '@elucidate/experiment/score-scale';
import type { CurvePanel, Figure, Row, RowPanel, Series } from '../figure.js';
import { cutNotes } from '../plot-scales.js';

/** Panels of values below the bars. */
const mostPanels = 3;

/** The spread that each effect makes, with its interval. On the log scale as the factor of one standard deviation. */
function bars({ effects, metric, scale }: SweepEffects): RowPanel {
  const shown = (spread: number): number => (scale === 'log' ? Math.exp(spread) : spread);
  const rows = effects.map(({ title, spread, spreadInterval }): Row => ({
    label: title, marks: [{ x: shown(spread), outside: false }], ...(spreadInterval && { band: [shown(spreadInterval.low), shown(spreadInterval.high)] as const }),
  }));
  const most = Math.max(...effects.map(({ spread, spreadInterval }) => shown(Math.max(spread, Math.min(spreadInterval?.high ?? 0, 4 * spread)))));
  const from = scale === 'log' ? 1 : 0;
  return {
    kind: 'rows', title: 'What moves it', rows,
    x: { label: scale === 'log' ? `factor of ${metricTitle(metric)}, one standard deviation between configurations` : `${metricTitle(metric)}, standard deviation between configurations`, scale: 'linear', domain: [from, most > from ? from + 1.05 * (most - from) : from + 1] },
  };
}

/** The values of a parameter along x, a line for each value of another; the mean of all plus what they do. */
function valuesPanel(found: SweepEffects, { parameters, title }: ParameterEffect): CurvePanel {
  const { metric, scale, mean } = found;
  const labelsOf = (key: string): readonly string[] => found.parameters.find((one) => one.key === key)!.labels;
  const own = found.values.filter((one) => one.parameters.join() === parameters.join());
  // the longer of the two along x
  const x = parameters.length === 2 && labelsOf(parameters[1]!).length > labelsOf(parameters[0]!).length ? 1 : 0;
  const along = labelsOf(parameters[x]!);
  const lineOf = ({ labels }: ValueEffect): string => labels[1 - x] ?? '';
  const titleOf = (key: string): string => found.parameters.find((one) => one.key === key)!.title;
  const lines = parameters.length === 1 ? [''] : labelsOf(parameters[1 - x]!);
  const at = (deviation: number): number => fromScale(scale, mean + deviation);
  const series = lines.map((line): Series => {
    const points = own.filter((one) => lineOf(one) === line).map((one) => ({ ...one, place: along.indexOf(one.labels[x]!) })).sort((a, b) => a.place - b.place);
    return {
      label: line === '' ? titleOf(parameters[0]!) : `${titleOf(parameters[1 - x]!)} ${line}`, dots: true,
      points: points.map(({ place, deviation }) => [place, at(deviation)] as const),
      band: points.map(({ place, interval }) => (interval === null ? [place, NaN, NaN] as const : [place, at(interval.low), at(interval.high)] as const)),
    };
  });
  const [low, high] = extent(series, scale);
  return {
    kind: 'curves', title, series,
    x: { label: titleOf(parameters[x]!), scale: 'linear', domain: [-0.3, along.length - 0.7], names: true, ticks: along.map((label, place) => ({ at: place, label })) },
    y: { label: `${metricTitle(metric)}${scale === 'log' ? ', log scale' : ''}`, scale, ...(high > low && { domain: [low, high] as const }) },
  };
}

/** The ends of an axis for the means, and the bands as far as they are not much longer; on a log axis they are above 0. */
function extent(series: readonly Series[], scale: ScoreScale): [number, number] {
  const means = series.flatMap(({ points }) => points.map(([, y]) => onScale(scale, y)));
  const [low, high] = [Math.min(...means), Math.max(...means)];
  const room = Math.max(high - low, scale === 'log' ? 0.02 : 0.02 * Math.abs(high));
  const band = series.flatMap((one) => (one.band ?? []).flatMap(([, from, to]) => [onScale(scale, from), onScale(scale, to)])).filter(Number.isFinite);
  const [from, to] = [Math.min(low, ...band), Math.max(high, ...band)];
  const least = scale === 'linear' && low > 0 ? low / 3 : -Infinity;
  return [fromScale(scale, Math.max(least, from, low - room) - 0.02 * room), fromScale(scale, Math.min(to, high + room) + 0.02 * room)];
}

/** How many intervals of a panel reach beyond its axis. */
function cutIn(panel: RowPanel | CurvePanel): number {
  const { domain } = panel.kind === 'rows' ? panel.x : panel.y;
  if (domain === undefined) return 0;
  const intervals = panel.kind === 'rows' ? panel.rows.flatMap(({ band }) => (band === undefined ? [] : [band])) : panel.series.flatMap(({ band = [] }) => band.map(([, low, high]) => [low, high] as const));
  return intervals.filter(([low, high]) => low < domain[0] || high > domain[1]).length;
}

/** What matters in a sweep: how much each effect moves the metric, then the interactions (or, without any, the parameters) that move it most. */
export function effectsFigure(found: SweepEffects): Figure {
  const { metric, scale, mean, sweepName, configurations, incomplete, trainingRuns, samples, reach, effects, n, basis } = found;
  const pairs = effects.filter(({ parameters }) => parameters.length === 2);
  const drawn = (pairs.length > 0 ? pairs : effects).slice(0, mostPanels);
  const panels = [bars(found), ...drawn.map((effect) => valuesPanel(found, effect))];
  return {
    title: `What matters for ${metricTitle(metric)} · ${sweepName}`,
    subtitle: `${configurations} configurations at ${trainingRuns} x ${samples} train x sample seeds, mean ${digits(metric, fromScale(scale, mean))}. ${basis === null ? `n = ${n ?? '-'} images.` : basesText([basis])} ${scaleWords[scale]}${reach === null ? '' : ` Grey and shaded: 95 % intervals over ${reach === 'samples' ? 'sample seeds of one training run' : 'seeds'}, of each difference from the mean of all.`}`,
    panels,
    columns: 1, legend: 'below',
    notes: [
      `${configurations} of ${plural(configurations + incomplete, 'configuration')} analysed${incomplete > 0 ? '; of the others trials are missing or diverged, or another evaluator scored them' : ''}.`,
      ...cutNotes(panels.reduce((sum, panel) => sum + cutIn(panel), 0)),
      ...(drawn.length < pairs.length ? [`The ${drawn.length} largest of ${pairs.length} interactions are drawn.`] : []),
      ...(drawn.some(({ parameters }) => parameters.length === 2) ? ['Lines that run side by side: the two parameters act independently.'] : []),
    ],
  };
}

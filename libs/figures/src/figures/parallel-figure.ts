import { basesText } from '@elucidate/experiment/basis-words';
import { digits } from '@elucidate/experiment/estimate-text';
import { higherIsBetter } from '@elucidate/experiment/metric-requests';
import type { ParallelPlot } from '@elucidate/experiment/parallel';
import { plural } from '@elucidate/experiment/plural';
import type { Figure } from '../figure.js';
import { measureAxis, parameterAxis, type ParallelAxis, type ParallelScale } from '../parallel-scales.js';
import { robustRange } from '../robust-range.js';

export interface ParallelFigureOptions {
  /** By the name of an axis: a parameter's path, a metric's key, or nfe. */
  scales?: Readonly<Record<string, ParallelScale>>;
  /** Axes that are not drawn. */
  without?: readonly string[];
}

/** What a reader may choose of a picture's axes: parameters first, then NFE and the metrics, the first metric last. */
export function parallelAxes({ axes, measures }: ParallelPlot, { scales = {}, without = [] }: ParallelFigureOptions = {}): { axis: ParallelAxis; of: { part: 'places' | 'measures'; index: number } }[] {
  const parameters = axes.map((axis, index) => ({ axis: parameterAxis(axis, scales[axis.path]), of: { part: 'places' as const, index } }));
  const measured = measures.map((measure, index) => ({ axis: measureAxis(measure, scales[measure.name]), of: { part: 'measures' as const, index } }));
  // what orders the lines is at the right, where they end; NFE, the first measure, follows the parameters
  const [work, first, ...others] = measured;
  return [...parameters, ...(work ? [work] : []), ...others, ...(first ? [first] : [])].filter(({ axis }) => !without.includes(axis.name));
}

/** Configurations across all that varies and several metrics, a line each, darker the better. */
export function parallelFigure(plot: ParallelPlot, options: ParallelFigureOptions = {}): Figure {
  const { axes, measures, lines, configurations: { all, kept, drawn }, sweepName, basis } = plot;
  const shown = parallelAxes(plot, options);
  const [, first] = measures;
  const means = lines.flatMap((line) => line.measures[1] ?? []);
  const { low, high } = robustRange(means, false) ?? { low: 0, high: 1 };
  const shade = (mean: number): number => (high === low ? 0 : higherIsBetter(first!.name) ? (high - mean) / (high - low) : (mean - low) / (high - low));
  const nameOf = (line: ParallelPlot['lines'][number]): string => [
    ...axes.flatMap(({ title, values }, i) => (line.places[i]! < 0 ? [] : [`${title} ${values[line.places[i]!]}`])),
    ...measures.flatMap(({ name, title }, i) => (line.measures[i] == null ? [] : [`${title} ${name === 'nfe' ? line.measures[i] : digits(name, line.measures[i])}`])),
  ].join(', ');
  const placed = lines.map((line) => ({ at: shown.map(({ axis, of }) => ({ places: line.places[of.index]! < 0 ? null : axis.placeOf(line.places[of.index]!), measures: line.measures[of.index] == null ? null : axis.placeOf(line.measures[of.index]!) })[of.part]), shade: shade(line.measures[1] ?? NaN), title: nameOf(line), key: line.cell }));
  const beyond = placed.filter(({ at }) => at.some((place) => place !== null && (place < 0 || place > 1))).length;
  return {
    title: `${measures.slice(1).map(({ title }) => title).join(', ')} across what varies · ${sweepName}`,
    subtitle: [`A line for each configuration, at its means over trials; darker is better by ${first!.title}, of which ${higherIsBetter(first!.name) ? 'higher' : 'lower'} is better.`, basis === null ? '' : basesText([basis])].filter((part) => part !== '').join(' '),
    panels: [{ kind: 'parallel', axes: shown.map(({ axis: { title, scale, ticks } }) => ({ title, scale, ticks })), lines: placed }],
    columns: 1, legend: 'none',
    notes: [
      `${drawn} of ${plural(kept, 'configuration')} drawn${kept < all ? `, which are kept or scored of ${all}` : ''}.${drawn < kept ? ' Half of them are the best, the others are taken evenly from the grid.' : ''}`,
      ...(beyond > 0 ? [`${plural(beyond, 'line')} ${beyond === 1 ? 'leaves' : 'leave'} an axis, which is for the rest: far-off scores end just beyond it.`] : []),
    ],
  };
}

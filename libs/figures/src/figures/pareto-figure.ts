import { basesText } from '@elucidate/experiment/basis-words';
import { intervalWords } from '@elucidate/experiment/estimate-text';
import { higherIsBetter, metricTitle } from '@elucidate/experiment/metric-requests';
import type { Pareto, ParetoPoint } from '@elucidate/experiment/pareto';
import { workWords } from '@elucidate/experiment/plot-work';
import { plural } from '@elucidate/experiment/plural';
import { leftText } from '@elucidate/experiment/render-pareto';
import type { Figure, Point, Series } from '../figure.js';
import { cutNotes, scoreAxis, xAxisOf } from '../plot-scales.js';
import type { MetricFigureOptions } from './metric-figure.js';

/** The best of every budget: across to the next that is better, then to it. */
function stairs(front: readonly ParetoPoint[], end: number): Point[] {
  return front.flatMap(({ work, mean }, i): Point[] => [[work, mean], [front[i + 1]?.work ?? end, mean]]);
}

const across = (points: readonly ParetoPoint[]): Series['across'] => points.flatMap(({ mean, workRange }) => (workRange === null ? [] : [[mean, workRange.low, workRange.high] as const]));

const dotsOf = (label: string, points: readonly ParetoPoint[], beyond: ReadonlySet<ParetoPoint>): Series => ({
  label, dots: true, scattered: true,
  points: points.filter((point) => !beyond.has(point)).map(({ work, mean }) => [work, mean] as const),
  beyond: points.filter((point) => beyond.has(point)).map(({ work, mean }) => [work, mean] as const),
  across: across(points)!,
});

/** A metric against its cost: the front, what cannot be told apart from it, and what can. */
export function paretoFigure(pareto: Pareto, { logX, logY = false }: MetricFigureOptions = {}): Figure {
  const { metric, by, title, points, basis, work, sweepName, fixed } = pareto;
  const front = points.filter(({ onFront }) => onFront);
  const others = points.filter(({ onFront }) => !onFront);
  const x = xAxisOf({ path: by, title, numeric: true, values: [...new Set(points.map((point) => point.work))] }, logX);
  const { axis: y, beyond, cut } = scoreAxis(metric, points.map((point) => ({ ...point, trials: [], point, confidence: point.onFront ? point.confidence : null })), logY && points.every(({ mean }) => mean > 0));
  const far = new Set(beyond.map(({ point }) => point));
  const labels = { front: 'best of its budget', tied: 'cannot be told apart from it', apart: 'told apart from it' };
  const series: Series[] = [
    { label: labels.front, points: stairs(front, Math.max(...points.map((point) => point.work))) },
    { ...dotsOf(labels.front, front, far), band: front.flatMap(({ work: at, confidence: { interval } }) => (interval === null ? [] : [[at, interval.low, interval.high] as const])) },
    dotsOf(labels.tied, others.filter(({ standing }) => !standing.apart), far),
    dotsOf(labels.apart, others.filter(({ standing }) => standing.apart), far),
  ];
  const fixedWords = Object.entries(fixed).map(([name, label]) => `${name} ${label}`).join(', ');
  return {
    title: `${metricTitle(metric)} by ${title}, and its Pareto front · ${sweepName}`,
    subtitle: [`Each point is a configuration; ${higherIsBetter(metric) ? 'higher' : 'lower'} is better.`, basis === null ? '' : basesText([basis]), fixedWords === '' ? '' : `At ${fixedWords}.`].filter((part) => part !== '').join(' '),
    panels: [{ kind: 'curves', x, y, series }], columns: 1, legend: 'right',
    notes: [
      'The best of a budget has the best mean of all that cost no more; others are compared with it at the same seeds (paired differences, Holm, 5 %).',
      ...(front.some(({ confidence }) => confidence.interval !== null) ? [`Bars: ${intervalWords(front.map(({ confidence }) => confidence))}.`] : []),
      ...cutNotes(cut.intervals),
      ...(work === null ? [] : [`${workWords(work)} Bars across: from the shortest trial to the longest.`]),
      ...(far.size > 0 ? [`${plural(far.size, 'point')} far from the others ${far.size === 1 ? 'is' : 'are'} beyond the axis: triangles with their values.`] : []),
      `${points.length} of ${plural(points.length + pareto.left.incomplete + pareto.left.unmeasured, 'configuration')} drawn. ${leftText(pareto)}`.trim(),
    ],
  };
}

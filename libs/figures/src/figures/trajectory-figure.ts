import { basesText } from '@elucidate/experiment/basis-words';
import { intervalWords } from '@elucidate/experiment/estimate-text';
import { higherIsBetter, metricTitle } from '@elucidate/experiment/metric-requests';
import { plural } from '@elucidate/experiment/plural';
import type { TrajectoryPlot } from '@elucidate/experiment/trajectory-plot';
import type { Figure } from '../figure.js';

/** How many configurations are drawn, of how many, and why not the others. */
function drawnText({ lines, configurations, incomparable, cut }: TrajectoryPlot): string {
  const left = configurations - lines.length - incomparable;
  return [
    `${lines.length} of ${plural(configurations, 'configuration')} drawn`,
    ...(incomparable > 0 ? [`${incomparable} of the others ${incomparable === 1 ? 'has' : 'have'} scores of another evaluator or n, which do not compare`] : []),
    ...(left <= 0 ? [] : [cut ? 'of a large sweep only the first 200 are read' : `the ${incomparable > 0 ? 'rest' : 'others'} have no such scores`]),
  ].join('; ').concat('.');
}

/** A metric of x0-hat at every step of sampling, a line for each configuration. */
export function trajectoryFigure(plot: TrajectoryPlot): Figure {
  const { metric, sweepName, lines, basis } = plot;
  const name = metricTitle(metric);
  const points = lines.flatMap((line) => line.points);
  const log = !higherIsBetter(metric) && points.every(({ mean }) => mean > 0);
  const confidences = points.map(({ confidence }) => confidence);
  return {
    title: `${name} of x0-hat along the sampling trajectory · ${sweepName}`,
    subtitle: [`${name} of the network's estimate of each image, before every step; from much noise at the right to little at the left. Means over trials; the image itself is scored in the tables.`, basis === null ? '' : basesText([basis])].filter((part) => part !== '').join(' '),
    panels: [{
      kind: 'curves', x: { label: 'sigma', scale: 'log' }, y: { label: name, scale: log ? 'log' : 'linear' },
      series: lines.map((line) => ({
        label: line.label, dots: true, points: line.points.map(({ sigma, mean }) => [sigma, mean] as const),
        ...(line.points.some(({ confidence }) => confidence.interval !== null) && { band: line.points.map(({ sigma, confidence: { interval } }) => [sigma, interval?.low ?? NaN, interval?.high ?? NaN] as const) }),
      })),
    }],
    columns: 1, legend: 'right',
    notes: [
      ...(confidences.some(({ interval }) => interval !== null) ? [`Shaded: ${intervalWords(confidences)}.`] : []),
      drawnText(plot),
    ],
  };
}

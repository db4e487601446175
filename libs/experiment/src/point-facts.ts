import { meanOf } from '@elucidate/statistics/trial';
import { digits } from './estimate-text.js';
import { metricTitle } from './metric-requests.js';
import type { MetricPlot, PlotPoint } from './plot.js';
import { plural } from './plural.js';

/** Sample standard deviation; null below two values. */
function deviation(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

/** What is known of a point of a picture, as pairs of a name and a text: enough to judge the number by. */
export function pointFacts({ metric, n, evaluator, real, bestOver }: Pick<MetricPlot, 'metric' | 'n' | 'evaluator' | 'real' | 'bestOver'>, { mean, count, diverged, cells, confidence, trials, min, max, among }: PlotPoint): [name: string, text: string][] {
  const spread = deviation(trials.map(({ value }) => value));
  const interval = confidence?.interval;
  const pairs: [string, string | null][] = [
    [metricTitle(metric), mean === null ? 'all trials diverged' : digits(metric, mean)],
    ['95 % interval', interval ? `${digits(metric, interval.low)} to ${digits(metric, interval.high)}` : null],
    ['standard deviation', spread === null ? null : `${digits(metric, spread)} over ${trials.length} seeds`],
    ['range', min === null || max === null || min === max ? null : `${digits(metric, min)} to ${digits(metric, max)}`],
    ['seeds', `${plural(count, 'trial')}${confidence ? `, ${plural(confidence.trainingRuns, 'training run')}` : ''}${diverged > 0 ? `, ${diverged} diverged` : ''}${cells > 1 ? ` of ${plural(cells, 'configuration')}` : ''}`],
    ['best of', among === undefined ? null : `${plural(among, 'configuration')} over ${bestOver!.join(', ')}`],
    ['n', n === null ? null : `${n} images`],
    ['real-data baseline', real === null ? null : digits(metric, real)],
    ['evaluator', evaluator?.slice(0, 8) ?? null],
  ];
  return pairs.filter((pair): pair is [string, string] => pair[1] !== null);
}

import type { MetricPlot } from './plot.js';
import { weakText } from './basis-words.js';
import { csvRecord } from './table-text.js';

/** The points of a picture as CSV, a record each: its place by axis, the mean with its 95 % interval, and what the picture shares. */
export function plotCsv({ metric, x, y, lines, facets, points, n, evaluator, real, basis, work, bestOver }: MetricPlot): string {
  const axes = [[x, 'x'], [y, 'y'], [lines, 'line'], [facets, 'facet']] as const;
  const shown = axes.flatMap(([axis, of]) => (axis === null ? [] : [{ path: axis.path, of }]));
  const measured = work === null ? [] : [`${x.path}_low`, `${x.path}_high`, 'device'];
  const header = [...shown.map(({ path }) => path), ...measured, 'metric', 'mean', 'low', 'high', 'min', 'max', 'training_runs', 'samples', 'count', 'diverged', 'configurations', 'cell', 'n', 'evaluator', 'real', 'basis', 'weak', ...(bestOver === undefined ? [] : ['best_of'])];
  const records = points.map((point) => csvRecord([
    ...shown.map(({ of }) => point[of]), ...(work === null ? [] : [point.across?.low ?? null, point.across?.high ?? null, work.device]), metric, point.mean, point.confidence?.interval?.low ?? null, point.confidence?.interval?.high ?? null, point.min, point.max,
    point.confidence?.trainingRuns ?? null, point.confidence?.samples ?? null, point.count, point.diverged, point.cells, point.cell, n, evaluator, real, basis?.words ?? null, basis && weakText([basis]), ...(bestOver === undefined ? [] : [point.among ?? null]),
  ]));
  return `${[csvRecord(header), ...records].join('\r\n')}\r\n`;
}

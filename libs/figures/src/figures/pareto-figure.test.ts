import { paretoOf, type Pareto } from '@elucidate/experiment/pareto';
import { lineChart } from '../line-chart.js';
import { paretoFigure } from './pareto-figure.js';

const cell = (name: string, work: number, values: readonly number[]) => ({ cell: name, labels: { sampler: name }, work, workRange: { low: work - 0.5, high: work + 1 }, trials: values.map((value, i) => ({ train: i + 1, sample: 1, value })) });
const cells = [cell('a', 5, [30, 31, 32.5]), cell('b', 10, [20, 22, 21.1]), cell('c', 10, [20.4, 21.7, 21.6]), cell('d', 19, [7, 8, 9.1]), cell('e', 40, [8.1, 9, 10.2]), cell('f', 41, [9000, 9100, 9200])];
const pareto: Pareto = { sweepId: 's', sweepName: 'x', metric: 'fid', by: 'sampleSeconds', title: 'device-seconds of sampling', ...paretoOf('fid', cells), left: { incomplete: 0, unmeasured: 1 }, basis: null, work: { device: 'EPYC', trials: 15, others: [] }, fixed: {} };

test('the front is a staircase down to the best, the others are dots: those that cannot be told apart from the best of their budget, and those that can', () => {
  const figure = paretoFigure(pareto);
  const [panel] = figure.panels;
  if (panel?.kind !== 'curves') throw new Error('not curves');
  const mean = (name: string): number => pareto.points.find((point) => point.cell === name)!.mean;
  expect(panel.series[0]!.points).toEqual([[5, mean('a')], [10, mean('a')], [10, mean('b')], [19, mean('b')], [19, mean('d')], [41, mean('d')]]);
  expect(panel.series.map(({ label, points, beyond = [] }) => [label, points.length, beyond.length]).slice(1)).toEqual([['best of its budget', 3, 0], ['cannot be told apart from it', 1, 0], ['told apart from it', 1, 1]]);
  const svg = lineChart(figure);
  for (const words of ['Device-seconds of EPYC', '1 point far from the others is beyond the axis', '6 of 7 configurations drawn. Left out: of 1 the cost was not measured on this device.', 'Bars: 95 % interval']) expect(svg).toContain(words);
  expect(svg).not.toMatch(/NaN|Infinity|undefined|reaches beyond/);
  const wide = paretoFigure({ ...pareto, ...paretoOf('fid', [cell('a', 5, [10, 52]), ...cells.slice(1)]) });
  expect(wide.notes).toContain('1 interval reaches beyond the axis, which is for the scores.');
});

import type { SizePlot } from '@elucidate/experiment/size-plot';
import { lineChart } from '../line-chart.js';
import { sizeFigure } from './size-figure.js';

const plot: SizePlot = {
  sweepId: 's', sweepName: 'sweep', metric: 'fid', among: 3, basis: null, real: [{ n: 800, value: 1 }],
  lines: [{ cell: 'a', label: 'steps 5', expectedBias: 1, points: [
    { n: null, mean: 20, interval: { low: 18, high: 22 }, over: 'images', trials: 1, parts: false },
    { n: 800, mean: 21, interval: null, over: null, trials: 1, parts: false },
    { n: 400, mean: 22, interval: null, over: null, trials: 1, parts: true },
  ] }],
};

test('n stands at places of 1/n, where FID is a straight line that ends at infinitely many', () => {
  const { panels: [panel], notes } = sizeFigure(plot);
  if (panel?.kind !== 'curves') throw new Error('no curves');
  const [line, real] = panel.series;
  expect(line!.points).toEqual([[0, 20], [1 / 800, 21], [1 / 400, 22]]);
  expect([line!.band, real!.label, panel.x.ticks]).toEqual([[[0, 18, 22]], 'real images', [{ at: 0, label: 'infinite' }, { at: 1 / 800, label: '800' }, { at: 1 / 400, label: '400' }]]);
  expect(notes.join(' ')).toContain('over new images of the same generator');
  expect(notes.join(' ')).toContain('The best 1 of 3 ranked configurations drawn.');
});

test('it is drawn', () => {
  const svg = lineChart(sizeFigure(plot));
  for (const text of ['FID by the number of images', 'infinite', 'too high by 1.00 (steps 5)']) expect(svg).toContain(text);
});

test('one configuration that is far off flattens no axis, nor do wide intervals, and both are said', () => {
  const line = (label: string, from: number, half: number): SizePlot['lines'][number] => ({
    cell: label, label, expectedBias: null, points: [800, 400].map((n, i) => ({ n, mean: from + i, interval: { low: from + i - half, high: from + i + half }, over: 'seeds', trials: 2, parts: false })),
  });
  const { panels: [panel], notes } = sizeFigure({ ...plot, real: [], among: 6, lines: [line('steps 5', 23, 500), ...[22, 21, 20, 19].map((from) => line(`steps ${from}`, from, 1)), line('steps 1', 900, 1)] });
  if (panel?.kind !== 'curves') throw new Error('no curves');
  expect(panel.y.domain![1]).toBeLessThan(40);
  expect(panel.series.map(({ beyond = [] }) => beyond)).toEqual([[], [], [], [], [], [[1 / 800, 900], [1 / 400, 901]]]);
  expect(notes.join(' ')).toContain('2 intervals reach beyond the axis, which is for the scores. 2 points far from the others are beyond the axis');
  expect(notes.join(' ')).toContain('6 of 6 ranked configurations drawn.');
});

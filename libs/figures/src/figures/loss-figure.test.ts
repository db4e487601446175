import { lineChart } from '../line-chart.js';
import { lossFigure } from './loss-figure.js';

test('a long curve is drawn by the means of equally many steps, at the images seen by their middles', () => {
  const losses = Array.from({ length: 1000 }, (_, step) => 1 + step % 5);
  const { panels, subtitle } = lossFigure([{ label: 'train seed 1', batch: 16, losses }], 'x');
  const [panel] = panels;
  if (panel?.kind !== 'curves') throw new Error('no curves');
  expect(panel.series[0]!.points).toEqual(Array.from({ length: 200 }, (_, i) => [(5 * i + 2.5) * 16, 3]));
  expect(subtitle).toContain('each point is the mean of 5 steps');
});

test('a short curve is drawn step by step, and negative losses on a linear axis', () => {
  const figure = lossFigure([{ label: 'a', batch: 8, losses: [0.5, 0.25, -0.1] }], 'x');
  expect(figure.panels).toMatchObject([{ y: { label: 'loss', scale: 'linear' }, series: [{ points: [[4, 0.5], [12, 0.25], [20, -0.1]] }] }]);
  expect(figure.subtitle).not.toContain('mean of');
  expect(lineChart(figure)).toContain('Training loss · x');
});

import { lineChart } from '../line-chart.js';
import { lossFigure, smoothed } from './loss-figure.js';

test('a long curve is drawn by the means of equally many steps, at the images seen by their middles', () => {
  const losses = Array.from({ length: 1000 }, (_, step) => 1 + step % 5);
  expect(smoothed({ batch: 16, losses })).toEqual(Array.from({ length: 200 }, (_, i) => [(5 * i + 2.5) * 16, 3]));
});

test('a short curve is drawn step by step, and negative losses on a linear axis', () => {
  const figure = lossFigure({ sweepName: 'x', done: 1, runs: [{ label: 'a', facet: null, points: smoothed({ batch: 8, losses: [0.5, 0.25, -0.1] }) }] });
  expect(figure.panels).toMatchObject([{ y: { label: 'loss', scale: 'linear' }, series: [{ points: [[4, 0.5], [12, 0.25], [20, -0.1]] }] }]);
  expect(lineChart(figure)).toContain('Training loss · x');
});

test('each training run is a line, in the panel of its facet, on one axis that a run which diverges does not flatten', () => {
  const run = (label: string, facet: string, losses: number[]) => ({ label, facet, points: smoothed({ batch: 8, losses }) });
  const usual = [1, 0.5, 0.3, 0.2, 0.2, 0.1];
  const { panels, notes } = lossFigure({ sweepName: 'x', done: 5, runs: [run('a', 'schedule linear', usual), run('b', 'schedule linear', usual), run('a', 'schedule cosine', [...usual, 1e9])] });
  expect(panels.map((panel) => panel.kind === 'curves' && [panel.title, panel.series.map(({ label }) => label), panel.y.domain])).toEqual([['schedule linear', ['a', 'b'], [0.1, 1]], ['schedule cosine', ['a'], [0.1, 1]]]);
  expect(notes).toEqual(['Points far from the others are beyond the axis, which is for the rest.', '3 of 5 training runs that are done.']);
});

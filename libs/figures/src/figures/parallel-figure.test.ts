import type { ParallelPlot } from '@elucidate/experiment/parallel';
import fc from 'fast-check';
import type { ParallelPanel } from '../figure.js';
import { lineChart } from '../line-chart.js';
import { measureAxis, parameterAxis } from '../parallel-scales.js';
import { parallelFigure } from './parallel-figure.js';

const quantiles = Array.from({ length: 21 }, (_, i) => 10 + i);
const plot: ParallelPlot = {
  sweepId: 's', sweepName: '<all>', basis: null,
  axes: [{ path: 'sampler', title: 'sampler', numeric: false, values: ['<ddim>', 'heun'] }, { path: 'steps', title: 'steps', numeric: true, values: [5, 10, 80] }],
  measures: [
    { name: 'nfe', title: 'NFE', quantiles: quantiles.map((value) => value / 2), evaluator: null, n: null, real: null },
    { name: 'fid', title: 'FID', quantiles: [...quantiles.slice(0, 20), 1e9], evaluator: 'e', n: 64, real: 1 },
    { name: 'kid', title: 'KID', quantiles: quantiles.map((value) => value / 100), evaluator: 'e', n: 64, real: 0.01 },
  ],
  lines: [{ cell: 'aa', places: [1, 0], measures: [9, 10, 0.1] }, { cell: 'bb', places: [0, 1], measures: [10, 20, null] }, { cell: 'cc', places: [0, 2], measures: [15, 1e9, 0.3] }],
  configurations: { all: 9, kept: 5, drawn: 3 },
};
const panelOf = (figure: ReturnType<typeof parallelFigure>): ParallelPanel => figure.panels[0] as ParallelPanel;

test('a line for each configuration crosses every axis at its value, what orders them at the right, and darker is better', () => {
  const { axes, lines } = panelOf(parallelFigure(plot));
  expect(axes.map(({ title, scale }) => [title, scale])).toEqual([['sampler', null], ['steps', 'log'], ['NFE', 'linear'], ['KID', 'linear'], ['FID', 'linear']]);
  expect(lines.map(({ at }) => at.slice(0, 2))).toEqual([[1, 0], [0, expect.closeTo(0.25, 9)], [0, 1]]);
  expect([lines[0]!.shade < lines[1]!.shade, lines[1]!.at[3]]).toEqual([true, null]);
  expect(lines[0]!.title).toBe('sampler heun, steps 5, NFE 9, FID 10.00, KID 0.1000');
});

test('one score that diverged neither flattens the others nor is left out', () => {
  const { lines } = panelOf(parallelFigure(plot));
  const [best, middle, far] = lines.map(({ at }) => at[4]!);
  expect([best, middle! > 0.4, far! > 1]).toEqual([0, true, true]);
  expect(parallelFigure(plot).notes.join(' ')).toMatch(/3 of 5 configurations drawn.*of 9.*1 line leaves an axis/);
});

test('an axis can be left out, and a name is text', () => {
  const figure = parallelFigure(plot, { without: ['kid', 'nfe'], scales: { steps: 'quantile' } });
  expect(panelOf(figure).axes.map(({ title }) => title)).toEqual(['sampler', 'steps', 'FID']);
  expect(panelOf(figure).lines[1]!.at[1]).toBe(0.5);
  const svg = lineChart(figure);
  expect([svg.includes('<all>'), svg.includes('<ddim>'), svg.includes('&lt;ddim&gt;')]).toEqual([false, false, true]);
  expect([...svg.matchAll(/data-axis="(\d)"/g)].map(([, axis]) => axis)).toEqual(['0', '1', '2']);
});

test.each(['linear', 'log', 'quantile'] as const)('a place on a %s axis is where its number is, for every place', (scale) => {
  const values = fc.uniqueArray(fc.double({ min: 0.01, max: 100, noNaN: true }), { minLength: 21, maxLength: 21 }).map((all) => all.sort((a, b) => a - b));
  fc.assert(fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (knots, place) => {
    const axis = measureAxis({ ...plot.measures[1]!, quantiles: knots }, scale);
    expect(axis.placeOf(axis.valueAt(place))).toBeCloseTo(place, 5);
  }), { seed: 4 });
});

test('values of a parameter keep their order on every scale, and a place names the nearest', () => {
  for (const scale of ['linear', 'log', 'quantile', undefined] as const) {
    const axis = parameterAxis(plot.axes[1]!, scale);
    const places = [0, 1, 2].map(axis.placeOf);
    expect(places.toSorted((a, b) => a - b)).toEqual(places);
    expect(places.map(axis.valueAt)).toEqual([0, 1, 2]);
  }
});

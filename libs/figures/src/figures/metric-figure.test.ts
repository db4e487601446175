import type { MetricPlot, PlotPoint } from '@elucidate/experiment/plot';
import { basisOf } from '@elucidate/experiment/basis-words';
import { lineChart } from '../line-chart.js';
import { metricFigure } from './metric-figure.js';

const scales = [0.3, 0.5, 0.7, 1, 1.4];
const samplers = ['ddim(eta 0)', 'heun'];
const interval = (low: number, high: number): PlotPoint['confidence'] => ({ trainingRuns: 3, samples: 1, reach: 'training runs', bestOfThree: null, interval: { low, high } });
const sureness = (mean: number | null): Pick<PlotPoint, 'confidence' | 'trials'> =>
  (mean === null ? { confidence: null, trials: [] } : { confidence: interval(mean - 3, mean + 3), trials: [-1, -1, 2].map((off, i) => ({ train: i, sample: 1, value: mean + off })) });
const point = (x: number | string, line: string | null, mean: number | null, more: Partial<PlotPoint> = {}): PlotPoint =>
  ({ x, y: null, line, facet: null, across: null, mean, min: mean === null ? null : mean - 1, max: mean === null ? null : mean + 2, count: mean === null ? 0 : 3, diverged: mean === null ? 3 : 0, cells: 1, cell: 'c', ...sureness(mean), ...more });
const meanAt = (b: number, sampler: string): number => 40 + 20 * Math.abs(Math.log(b / 0.7)) + (sampler === 'heun' ? 0 : 5);

const basis = basisOf({
  metric: 'fid', n: 256, extractor: 'standard', weights: 'abc', trainedOn: 'fashion-mnist', layer: 'pool', features: 64, inputRange: '[-1, 1]', resize: 'none',
  reference: { dataset: 'fashion-mnist', split: 'test', size: 10_000, resolution: 16 }, implementation: 2, real: { value: 2.23, n: 256 }, best: 9,
}, 'f5078e8e00');
const plot: MetricPlot = {
  sweepId: 's', sweepName: 'scales', metric: 'fid', y: null, facets: null,
  x: { path: 'inputScale', title: 'input scale b', numeric: true, values: scales }, lines: { path: 'sampler', title: 'sampler', numeric: false, values: samplers },
  points: samplers.flatMap((sampler) => scales.map((b) => point(b, sampler, meanAt(b, sampler)))),
  fixed: { steps: '10' }, chosen: ['steps'], cells: { drawn: 10, selected: 10 }, incomparable: 0, n: 256, evaluator: 'f5078e8e00', basis, work: null, real: 2.23,
};
const replaced = (change: (point: PlotPoint) => Partial<PlotPoint>): MetricPlot => ({ ...plot, points: plot.points.map((one) => ({ ...one, ...change(one) })) });

/** Dots of a line, in pixels of its panel, by the text of its title. */
function dotsOf(svg: string, label: string): [number, number][] {
  const group = svg.split('<g fill="none"').find((part) => part.includes(`<title>${label.replaceAll('<', '&lt;')}</title>`))!;
  return [...group.matchAll(/<circle cx="([^"]+)" cy="([^"]+)" r="(?:2.6|3.4)"/g)].map(([, x, y]) => [Number(x), Number(y)]);
}

test('each line has a dot for each configuration, the lower the better the score, and is named in the legend', () => {
  const svg = lineChart(metricFigure(plot));
  for (const sampler of samplers) {
    const dots = dotsOf(svg, sampler);
    expect(dots).toHaveLength(scales.length);
    const order = (values: readonly number[]): number[] => values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
    expect(order(dots.map(([, y]) => -y))).toEqual(order(scales.map((b) => meanAt(b, sampler))));
    expect(svg).toMatch(new RegExp(`<text[^>]*>${sampler.replace(/[()]/g, '\\$&')}</text>`));
  }
  for (const text of ['FID by input scale b for each sampler · scales', 'lower is better. n = 256 images, standard features against 10,000 test images of fashion-mnist at 16x16, evaluator f5078e8e, real-data baseline 2.23.', 'At steps 10.', 'Mean over 3 trials a point', 'Shaded: 95 % interval over train seeds, with one sample seed.', 'Small dots: single trials.', '10 of 10 configurations drawn.', 'steps 10: chosen among']) expect(svg).toContain(text);
  expect(svg.match(/fill-opacity="0.14"/g)).toHaveLength(2);
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
});

test('the ticks of a numeric axis are the values of the sweep', () => {
  const svg = lineChart(metricFigure(plot));
  expect([...svg.matchAll(/text-anchor="middle"[^>]*>([\d.]+)<\/text>/g)].map(([, tick]) => Number(tick))).toEqual(scales);
});

test('one diverging configuration flattens no axis: it is a triangle at the edge with its value, and a note names it', () => {
  const far = replaced(({ x, line }) => (x === 1.4 && line === 'heun' ? { mean: 812, min: 700, max: 900 } : {}));
  const [usual, svg] = [lineChart(metricFigure(plot)), lineChart(metricFigure(far))];
  expect(dotsOf(svg, 'ddim(eta 0)')).toEqual(dotsOf(usual, 'ddim(eta 0)'));
  expect(dotsOf(svg, 'heun')).toEqual(dotsOf(usual, 'heun').slice(0, -1));
  expect(svg).toContain('>812</text>');
  expect(svg).toContain('1 point far from the others is beyond the axis, which is for the rest: heun, input scale b 1.4: 812.00.');
  expect(usual).not.toContain('far from the others');
});

test('the wide interval of two seeds leaves the scores a third of the axis, and is said to reach beyond', () => {
  const [usual, svg] = [lineChart(metricFigure(replaced(() => ({ confidence: null })))), lineChart(metricFigure(replaced(({ mean }) => ({ confidence: interval(mean! - 200, mean! + 200) }))))];
  const height = (picture: string): number => {
    const down = dotsOf(picture, 'ddim(eta 0)').map(([, y]) => y);
    return Math.max(...down) - Math.min(...down);
  };
  expect(height(svg)).toBeGreaterThan(height(usual) / 3.2);
  expect(svg).toContain('10 intervals reach beyond the axis, which is for the scores.');
  expect(usual).not.toContain('beyond the axis');
});

test('a configuration whose trials diverged is a cross, interrupts its line, and is named', () => {
  const svg = lineChart(metricFigure(replaced(({ x, line }) => (x === 0.7 && line === 'heun' ? point(0.7, 'heun', null) : {}))));
  expect(dotsOf(svg, 'heun')).toHaveLength(4);
  expect(svg).toContain('l7 7m-7 0l7 -7');
  expect(svg).toContain('3 trials diverged and are in no mean: heun, input scale b 0.7.');
});

test('scores of features that say little are called so, and what is left out is counted', () => {
  const svg = lineChart(metricFigure({ ...plot, basis: basisOf({ ...basis, extractor: 'random' }, 'f5078e8e00'), cells: { drawn: 10, selected: 14 }, incomparable: 2 }));
  for (const text of ['Weak: features of an untrained network say little about images.', '10 of 14 configurations drawn; 2 have scores of another evaluator, n or training length']) expect(svg).toContain(text);
});

test('panels share one y axis', () => {
  const facets = { path: 'steps', title: 'steps', numeric: true, values: [5, 10] };
  const points = [5, 10].flatMap((steps) => plot.points.map((one) => ({ ...one, facet: String(steps), mean: one.mean! + 100 / steps })));
  const figure = metricFigure({ ...plot, facets, points });
  expect(figure.panels.map(({ title }) => title)).toEqual(['steps 5', 'steps 10']);
  expect(new Set(figure.panels.map((panel) => JSON.stringify(panel.kind === 'curves' && panel.y)))).toHaveProperty('size', 1);
});

test('an axis of labels has a tick for each, and points side by side without lines', () => {
  const svg = lineChart(metricFigure({
    ...plot, x: { path: 'sampler', title: 'sampler', numeric: false, values: samplers }, lines: { path: 'steps', title: 'steps', numeric: true, values: [5, 10] },
    points: samplers.flatMap((sampler) => [5, 10].map((steps) => point(sampler, String(steps), meanAt(1, sampler) - steps))),
  }));
  for (const label of ['>ddim(eta 0)<', '>heun<', '>steps 5<', '>steps 10<', 'Bars: 95 % interval']) expect(svg).toContain(label);
  expect(dotsOf(svg, 'steps 5')[0]![0]).toBeLessThan(dotsOf(svg, 'steps 10')[0]![0]);
  expect(svg).not.toMatch(/ d="M[^"]*L/);
});

test('on a log axis a trial at or below 0 shades down to the end of the axis', () => {
  const svg = lineChart(metricFigure(replaced(({ x, line }) => (x === 1 && line === 'heun' ? { confidence: interval(-1, 90) } : {})), { logY: true }));
  expect(svg).toContain('log scale');
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
});

test('log axes are used where they are requested, and for numbers far apart', () => {
  const axes = (given: MetricPlot, options: Parameters<typeof metricFigure>[1]) => metricFigure(given, options).panels.map((panel) => panel.kind === 'curves' && [panel.x.scale, panel.y.scale])[0];
  expect(axes(plot, {})).toEqual(['linear', 'linear']);
  expect(axes(plot, { logX: true, logY: true })).toEqual(['log', 'log']);
  const wide = { ...plot, x: { ...plot.x, values: [1, 4, 16] }, points: [1, 4, 16].map((x) => point(x, 'heun', x)) };
  expect(axes(wide, {})).toEqual(['log', 'linear']);
  expect(axes(wide, { logX: false })).toEqual(['linear', 'linear']);
  expect(axes({ ...plot, points: plot.points.map((one) => ({ ...one, mean: -1 })) }, { logY: true })).toEqual(['linear', 'linear']);
});

test('a heat map has a square for each pair of values, its number in it, darker the better, the best outlined', () => {
  const y = { path: 'sampler', title: 'sampler', numeric: false, values: samplers };
  const points = samplers.flatMap((sampler) => scales.slice(1).map((b) => point(b, null, meanAt(b, sampler), { y: sampler })));
  const figure = metricFigure({ ...plot, y, lines: null, points });
  const [panel] = figure.panels;
  if (panel?.kind !== 'heat') throw new Error('no heat map');
  expect(panel.cells.map((row) => row.map((cell) => cell?.text ?? null))).toEqual(samplers.map((sampler) => scales.map((b) => (b === 0.3 ? null : meanAt(b, sampler).toFixed(2)))));
  const shades = panel.cells.flat().filter((cell) => cell !== null);
  expect(shades.toSorted((a, b) => a.shade - b.shade).map(({ text }) => Number(text))).toEqual(shades.map(({ text }) => Number(text)).toSorted((a, b) => a - b));
  expect(shades.filter(({ best }) => best)).toMatchObject([{ text: '40.00', shade: 0 }]);
  const svg = lineChart(figure);
  expect(svg).toContain('FID by input scale b and sampler · scales');
  expect(svg.match(/stroke-width="2.5"/g)).toHaveLength(1);
  expect(svg).toContain('Darker is better');
});

test('one square that is far off does not make the others one shade, and a note names it', () => {
  const y = { path: 'sampler', title: 'sampler', numeric: false, values: samplers };
  const points = samplers.flatMap((sampler) => scales.map((b) => point(b, null, b === 0.3 && sampler === 'heun' ? 812 : meanAt(b, sampler), { y: sampler })));
  const figure = metricFigure({ ...plot, y, lines: null, points });
  const [panel] = figure.panels;
  if (panel?.kind !== 'heat') throw new Error('no heat map');
  expect(new Set(panel.cells.flat().map((cell) => cell!.shade.toFixed(1))).size).toBeGreaterThan(4);
  expect(figure.notes.join(' ')).toContain('1 square far from the others has the shade of the nearest end, since shades are for the rest: input scale b 0.3, sampler heun: 812.00.');
});

test.each<[string, Partial<MetricPlot>]>([
  ['25 panels', { facets: { path: 'seed', title: 'seed', numeric: true, values: Array.from({ length: 25 }, (_, i) => i) } }],
  ['201 rows of squares', { y: { path: 'steps', title: 'steps', numeric: true, values: Array.from({ length: 201 }, (_, i) => i) } }],
  ['300 rows of squares', { y: { path: 'steps', title: 'steps', numeric: true, values: Array.from({ length: 100 }, (_, i) => i) }, facets: { path: 'dropout', title: 'dropout', numeric: true, values: Array.from({ length: 7 }, (_, i) => i) } }],
  ['201 columns of squares', { x: { ...plot.x, values: Array.from({ length: 201 }, (_, i) => i) }, y: { path: 'sampler', title: 'sampler', numeric: false, values: samplers } }],
])('a picture of %s is refused: it would need too much memory to draw', (what, axes) => {
  expect(() => metricFigure({ ...plot, lines: null, ...axes, points: [] })).toThrow(`The picture would have ${what}; at most`);
});

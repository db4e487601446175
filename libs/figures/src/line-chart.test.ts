import { Resvg } from '@resvg/resvg-wasm';
import { type Figure, maxCurves } from './figure.js';
import { inspectSpec } from './inspection.js';
import { lineChart } from './line-chart.js';
import { strokeOf } from './palette.js';
import { pngOf } from './png.js';
import { specOf, wideSpec } from './spec.fixture.js';
import { textWidth } from './text-width.js';

const figureOf = (series: Figure['panels'][number] extends infer P ? (P extends { series: infer S } ? S : never) : never, more: Partial<Figure> = {}): Figure => ({
  title: 'FID against step', subtitle: 'of each sampler', columns: 1, legend: 'right', notes: [],
  panels: [{ kind: 'curves', x: { label: 'step', scale: 'linear' }, y: { label: 'FID', scale: 'log' }, series }],
  ...more,
});

/** The panels of a chart: the size of the plot, and every coordinate of its curves and dots. */
function plots(svg: string): { width: number; height: number; points: [number, number][] }[] {
  return svg.split('<g transform="translate(').slice(1).map((panel) => {
    const [, width, height] = /<rect x="0" y="0" width="([\d.]+)" height="([\d.]+)" fill="none"/.exec(panel)!;
    const points = [...panel.matchAll(/ d="([^"]+)"/g)].flatMap(([, d]) => d!.split(/[ML]/).filter((part) => part !== '').map((part) => part.split(/ |v/).slice(0, 2).map(Number) as [number, number]));
    const dots = [...panel.matchAll(/<circle cx="([^"]+)" cy="([^"]+)"/g)].map(([, x, y]): [number, number] => [Number(x), Number(y)]);
    return { width: Number(width), height: Number(height), points: [...points, ...dots] };
  });
}

const specs = [
  ['many parts', wideSpec()],
  ['one of each', specOf({})],
  ['every grid', specOf({ discretisation: { values: ['karras', 'exponential', 'polyexponential', 've', 'vp', 'iddpm', 'uniform-t', 'uniform-log-snr', 'beta', 'discrete', 'align-your-steps'].map((kind) => ({ kind })) }, steps: { values: [1, 7] } })],
] as const;

test('a title is no wider than its picture: it takes as many lines as it needs, and a word that is too long is shortened', () => {
  const wide = figureOf([{ label: 'a', points: [[0, 1], [1, 2]] }], { title: `FID by input scale b and steps for each sampler ${'W'.repeat(60)}` });
  const titles = (width: number): string[] => [...lineChart(wide, { width }).matchAll(/font-size="18"[^>]*>([^<]*)</g)].map(([, line]) => line!);
  expect(titles(1600)).toHaveLength(1);
  const narrow = titles(480);
  expect(narrow.slice(0, -1).join(' ')).toBe('FID by input scale b and steps for each sampler');
  for (const line of narrow) expect(textWidth(line, 18)).toBeLessThanOrEqual(480 - 48);
  const heights = [1600, 480].map((width) => Number(/ height="(\d+)"/.exec(lineChart(wide, { width }))![1]));
  expect(heights[1]! - heights[0]!).toBe((narrow.length - 1) * 23);
});

describe.each(specs)('charts of %s', (_title, spec) => {
  it.each(inspectSpec(spec).figures.map(({ name, figure }) => [name, figure] as const))('%s is well-formed, with every coordinate finite and inside its plot', async (_name, figure) => {
    const svg = lineChart(figure);
    await pngOf('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>');
    expect(() => new Resvg(svg).free()).not.toThrow(); // a strict XML parser
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    const panels = plots(svg);
    expect(panels).toHaveLength(figure.panels.length);
    for (const { width, height, points } of panels) {
      expect(points.length).toBeGreaterThan(0);
      for (const [x, y] of points) {
        expect(x).toBeGreaterThanOrEqual(0);
        expect(x).toBeLessThanOrEqual(width + 0.01);
        expect(y).toBeGreaterThanOrEqual(0);
        expect(y).toBeLessThanOrEqual(height + 0.01);
      }
    }
  });
});

test('labels and titles are escaped, and control characters replaced', () => {
  const svg = lineChart(figureOf([{ label: '<b> & "c" \u0001', points: [[0, 1], [1, 2]] }], { title: 'a < b & \ud800' }));
  expect(svg).toContain('&lt;b&gt; &amp; &quot;c&quot; \ufffd');
  expect(svg).toContain('a &lt; b &amp; \ufffd');
  expect(() => new Resvg(svg).free()).not.toThrow();
});

test('the legend names curves in the order of the figure', () => {
  const svg = lineChart(figureOf(['heun', 'euler', 'ddim'].map((label, n) => ({ label, points: [[0, n + 1], [1, n + 2]] }))));
  expect([...svg.matchAll(/<text[^>]*>(heun|euler|ddim)<\/text>/g)].map(([, label]) => label)).toEqual(['heun', 'euler', 'ddim']);
});

test('of more curves than can be distinguished, those not drawn are named', () => {
  const labels = Array.from({ length: maxCurves + 2 }, (_, n) => `curve ${n}`);
  const svg = lineChart(figureOf(labels.map((label) => ({ label, points: [[0, 1], [1, 2]] }))));
  expect(svg.match(/<path/g)).toHaveLength(maxCurves);
  expect(svg).toContain(`2 of ${maxCurves + 2} curves not drawn: curve ${maxCurves}, curve ${maxCurves + 1}.`);
});

test('all curves that are drawn have different styles', () => {
  expect(new Set(Array.from({ length: maxCurves }, (_, n) => JSON.stringify(strokeOf(n)))).size).toBe(maxCurves);
});

test('a curve that goes to infinity leaves through the edge; a value that the axis cannot show interrupts it', () => {
  const up = plots(lineChart(figureOf([{ label: 'up', points: [[0, Infinity], [1, 1], [2, 10]] }])))[0]!;
  expect(up.points).toHaveLength(3);
  expect(up.points[0]).toEqual([expect.any(Number), 0]);
  const broken = lineChart(figureOf([{ label: 'broken', points: [[0, 1], [1, 2], [2, 0], [3, 2], [4, 4]] }]));
  expect(/ d="([^"]+)"/.exec(broken)![1]!.match(/M/g)).toHaveLength(2);
});

test('a figure without points is still a picture', () => {
  expect(() => lineChart(figureOf([{ label: 'nothing yet', points: [] }]))).not.toThrow();
});

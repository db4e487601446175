import { lineChart } from './line-chart.js';
import { namesBelow } from './names-below.js';
import { textWidth } from './text-width.js';

const size = 11;
const long = ['none', 'classifier-free(scale 2, sigma 0.2 to 1.5)', 'classifier-free(scale 4, sigma 0.2 to 1.5)', 'autoguidance(scale 2, network tiny, images 1000)', 'autoguidance(scale 4, network tiny, images 1000)'];
const ticks = (labels: readonly string[], width: number) => labels.map((label, i) => ({ at: ((i + 0.5) / labels.length) * width, label }));

test.each([120, 300, 900])('names below an axis of %i pixels all stand there, within it, and none touches another of its row', (width) => {
  for (const labels of [long, Array.from({ length: 40 }, (_, i) => `sampler-${i}`)]) {
    const places = namesBelow(ticks(labels, width), { from: 0, to: width, size });
    expect(places.map(({ name }) => name)).toEqual(labels);
    for (const [i, one] of places.entries()) {
      const half = textWidth(one.text, size) / 2;
      expect([one.x - half >= -1e-9, one.x + half <= width + 1e-9 || one.text !== one.name]).toEqual([true, true]);
      for (const other of places.slice(i + 1)) if (other.row === one.row) expect(other.x - one.x).toBeGreaterThanOrEqual(half + textWidth(other.text, size) / 2);
    }
  }
});

test('names that have room stand in one row, below their places', () => {
  expect(namesBelow(ticks(['ddim', 'heun'], 400), { from: 0, to: 400, size })).toMatchObject([{ x: 100, row: 0, text: 'ddim' }, { x: 300, row: 0, text: 'heun' }]);
});

test('of an axis of names a picture has every one, and becomes as much taller', () => {
  const chart = (labels: readonly string[]): string => lineChart({
    title: 'FID by guidance', subtitle: '', columns: 1, legend: 'none', notes: ['below'],
    panels: [{ kind: 'curves', x: { label: 'guidance', scale: 'linear', domain: [-0.5, labels.length - 0.5], names: true, ticks: labels.map((label, at) => ({ at, label })) }, y: { label: 'FID', scale: 'linear' }, series: [{ label: '', points: labels.map((_, i) => [i, i]) }] }],
  });
  const heightOf = (svg: string): number => Number(/height="(\d+)"/.exec(svg)![1]);
  const svg = chart(long);
  for (const label of long) expect(svg).toContain(`>${label}</text>`);
  expect(heightOf(svg)).toBeGreaterThan(heightOf(chart(['a', 'b', 'c', 'd', 'e'])));
});

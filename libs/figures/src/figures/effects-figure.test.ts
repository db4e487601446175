import type { ParameterEffect, SweepEffects } from '@elucidate/experiment/effects';
import { lineChart } from '../line-chart.js';
import type { CurvePanel, RowPanel } from '../figure.js';
import { effectsFigure } from './effects-figure.js';

const effect = (parameters: readonly string[], spread: number): ParameterEffect => ({
  parameters, title: parameters.join(' x '), degreesOfFreedom: 1, spread, spreadInterval: { low: Math.max(0, spread - 1), high: spread + 1 }, share: spread / 10, f: 4, errorDegreesOfFreedom: 4, p: 0.1, adjustedP: 0.2, omega: 0.3, omegaInterval: { low: 0, high: 0.6 },
});
const found: SweepEffects = {
  sweepId: 's', sweepName: 'a <sweep>', metric: 'fid', scale: 'linear', mean: 30, n: 256, evaluator: 'e', basis: null, real: 2, configurations: 6, incomplete: 0, trainingRuns: 3, samples: 1, reach: 'training runs', full: true,
  parameters: [{ key: 'inputScale', title: 'input scale b', labels: ['0.5', '1'] }, { key: 'sampler', title: 'sampler', labels: ['heun', 'ddim', 'ddpm'] }],
  effects: [effect(['inputScale'], 4), effect(['sampler'], 2), effect(['inputScale', 'sampler'], 0.5)],
  values: ['0.5', '1'].flatMap((b, i) => ['heun', 'ddim', 'ddpm'].map((sampler, j) => ({ parameters: ['inputScale', 'sampler'], labels: [b, sampler], deviation: 8 * i - 4 + j, interval: { low: 8 * i - 5 + j, high: 8 * i - 3 + j } })))
    .concat(['0.5', '1'].map((b, i) => ({ parameters: ['inputScale'], labels: [b], deviation: 8 * i - 4, interval: { low: 8 * i - 5, high: 8 * i - 3 } }))),
  leftOut: [], rest: { seeds: 0.1, higher: 0, noise: 0.2 },
};

test('bars have each effect with its interval, and each interaction a panel of the values it is of: the mean of all plus what they do', () => {
  const { panels } = effectsFigure(found);
  const [bars, interaction] = panels as [RowPanel, CurvePanel];
  expect(bars.rows.map(({ label, band, marks }) => [label, band, marks[0]!.x])).toEqual([['inputScale', [3, 5], 4], ['sampler', [1, 3], 2], ['inputScale x sampler', [0, 1.5], 0.5]]);
  expect(panels).toHaveLength(2);
  expect(interaction.x.ticks!.map(({ label }) => label)).toEqual(['heun', 'ddim', 'ddpm']);
  expect(interaction.series.map(({ label, points }) => [label, points])).toEqual([['input scale b 0.5', [[0, 26], [1, 27], [2, 28]]], ['input scale b 1', [[0, 34], [1, 35], [2, 36]]]]);
  expect(interaction.series[0]!.band![0]).toEqual([0, 25, 27]);
});

test('on the log scale spreads are factors and values scores', () => {
  const { panels, subtitle } = effectsFigure({ ...found, scale: 'log', mean: Math.log(30), effects: [effect(['inputScale'], Math.log(2))] });
  const [bars, values] = panels as [RowPanel, CurvePanel];
  expect(bars.rows[0]!.marks[0]!.x).toBeCloseTo(2, 12);
  expect(bars.x.domain![0]).toBe(1);
  expect([values.y.scale, values.series[0]!.points[0]![1]]).toEqual(['log', expect.closeTo(30 * Math.exp(-4), 9)]);
  expect(subtitle).toContain('Differences of natural logarithms');
  // values that span a factor of 3,000 leave an axis that ends above 0
  const means = values.series.flatMap(({ points }) => points.map(([, y]) => y));
  const [low, high] = values.y.domain!;
  expect([low > 0, low < Math.min(...means), high > Math.max(...means)]).toEqual([true, true, true]);
});

test('without interactions the panels are of the parameters, and without tests nothing is shaded', () => {
  const single = effectsFigure({ ...found, reach: null, effects: [{ ...effect(['inputScale'], 4), spreadInterval: null }], values: found.values.slice(6).map((value) => ({ ...value, interval: null })) });
  expect((single.panels[0] as RowPanel).rows[0]).toEqual({ label: 'inputScale', marks: [{ x: 4, outside: false }] });
  expect((single.panels[1] as CurvePanel).series[0]!.band!.every(([, low]) => Number.isNaN(low))).toBe(true);
});

test('intervals that leave an axis are counted, and so are the configurations', () => {
  const wide = { ...found, incomplete: 2, effects: found.effects.map((one) => (one.title === 'sampler' ? { ...one, spreadInterval: { low: 0, high: 90 } } : one)), values: found.values.map((value, i) => (i === 0 ? { ...value, interval: { low: -900, high: 900 } } : value)) };
  expect(effectsFigure(wide).notes.slice(0, 2)).toEqual(['6 of 8 configurations analysed; of the others trials are missing or diverged, or another evaluator scored them.', '2 intervals reach beyond the axis, which is for the scores.']);
  expect(effectsFigure(found).notes[0]).toBe('6 of 6 configurations analysed.');
  expect(effectsFigure(found).notes.join(' ')).not.toContain('beyond the axis');
});

test('it is drawn, with text escaped', () => {
  const svg = lineChart(effectsFigure(found));
  expect(svg).toContain('a &lt;sweep&gt;');
  expect(svg).not.toContain('<sweep>');
});

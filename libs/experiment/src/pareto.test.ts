import { paretoOf, type Pareto, type WorkedCell } from './pareto.js';
import { secondsOn, workOf, workWords, type TrialSeconds } from './plot-work.js';
import { renderPareto } from './render-pareto.js';

const trialsOf = (values: readonly number[]) => values.map((value, i) => ({ train: i + 1, sample: 1, value }));
const cell = (name: string, work: number, values: readonly number[]): WorkedCell => ({ cell: name, labels: { sampler: name }, work, workRange: null, trials: trialsOf(values) });
const cells = [
  cell('slow', 40, [8.1, 9.0, 10.2]), // worse than 19 at every seed
  cell('heun', 19, [7.0, 8.0, 9.1]),
  cell('cheap', 5, [30, 31, 32.5]),
  cell('alike', 10, [20, 22, 21.1]), // the best of 10, but not surely
  cell('ten', 10, [20.4, 21.7, 21.6]),
];

test('the best of a budget is the best of all that cost no more, found by trying each', () => {
  const { points, budgets } = paretoOf('fid', cells);
  expect(points.map((point) => point.cell)).toEqual(['cheap', 'alike', 'ten', 'heun', 'slow']);
  expect(budgets.map(({ from, to, best, among }) => [from, to, points[best]!.cell, among])).toEqual([[5, 10, 'cheap', 1], [10, 19, 'alike', 3], [19, null, 'heun', 5]]);
  for (const { work, mean, onFront } of points) expect(onFront).toBe(points.every((other) => other.work > work || other.mean > mean || (other.mean === mean && other.work === work)));
});

test('what differs by little at the same seeds is told apart, what only looks worse is not', () => {
  const { points, budgets } = paretoOf('fid', cells);
  const standing = (name: string) => points.find((point) => point.cell === name)!.standing;
  expect(standing('slow')).toMatchObject({ apart: true, toBest: { mean: expect.closeTo(1.0667, 3) } });
  expect(standing('ten')).toMatchObject({ apart: false });
  expect(budgets.map(({ tied }) => tied.map((place) => points[place]!.cell))).toEqual([[], ['ten'], []]);
});

test('of a metric for which more is better the front rises', () => {
  const { points, budgets } = paretoOf('precision', cells);
  expect(budgets.map(({ best }) => points[best]!.cell)).toEqual(['cheap']);
});

describe('as text', () => {
  const work = { device: 'EPYC, simd, 2 threads', trials: 15, others: [{ device: 'H100, webgpu, 1 threads', trials: 3 }] };
  const pareto: Pareto = { sweepId: 's', sweepName: 'x', metric: 'fid', by: 'sampleSeconds', title: 'device-seconds of sampling', ...paretoOf('fid', cells), left: { incomplete: 1, unmeasured: 2 }, basis: null, work, fixed: { inputScale: '0.5' } };

  it('has a row for each budget, with what cannot be told apart from its best', () => {
    const text = renderPareto(pareto, 'markdown');
    expect(text.split('\n').filter((line) => line.startsWith('|')).map((line) => line.split('|').map((part) => part.trim()).slice(1, -1)).slice(2)).toEqual([
      ['5', '10', 'cheap', expect.stringMatching(/^31\.17 \[/), '1', '-'],
      ['10', '19', 'alike', expect.stringMatching(/^\*\*21\.03\*\* \[/), '3', 'ten (10)'],
      ['19', '-', 'heun', expect.stringMatching(/^\*\*8\.03\*\* \[/), '5', 'all others can'],
    ]);
    for (const words of ['5 configurations of sweep s', '3 trials on H100, webgpu, 1 threads do not compare and are left out', '1 of the sweep lack trials of this evaluator and n, or diverged; of 2 the cost was not measured on this device', 'At inputScale 0.5.']) expect(text).toContain(words);
  });

  it('has a CSV record for each configuration, and all as JSON', () => {
    const [header, first, ...rest] = renderPareto(pareto, 'csv').trimEnd().split('\r\n');
    expect(header).toMatch(/^cell,sampler,sampleSeconds,sampleSeconds_low,sampleSeconds_high,metric,mean,low,high,on_front,difference,/);
    expect(first).toMatch(/^cheap,cheap,5,,,fid,31\.1666\d*,28\.0\d*,34\.2\d*,true,/);
    expect(rest).toHaveLength(4);
    expect(JSON.parse(renderPareto(pareto, 'json'))).toEqual(JSON.parse(JSON.stringify(pareto)));
  });
});

describe('measured seconds', () => {
  const trial = (cellId: string, device: string, sample: number, train: number | null = 10): TrialSeconds => ({ cellId, device, sample, train });
  const measured = [trial('a', 'cpu', 1), trial('a', 'cpu', 3), trial('a', 'gpu', 0.1), trial('b', 'gpu', 0.2), trial('c', 'cpu', 5, null)];

  it('are of the device that most trials ran on; those of others are counted, never averaged with them', () => {
    const work = workOf(measured)!;
    expect(work).toEqual({ device: 'cpu', trials: 3, others: [{ device: 'gpu', trials: 2 }] });
    expect([...secondsOn('cpu', 'sampleSeconds', measured)]).toEqual([['a', { mean: 2, low: 1, high: 3 }], ['c', { mean: 5, low: 5, high: 5 }]]);
    expect(workWords(work)).toContain('2 trials on gpu do not compare and are left out');
  });

  it('of training and sampling are not known where a training ran elsewhere', () => {
    expect([...secondsOn('cpu', 'totalSeconds', measured)]).toEqual([['a', { mean: 12, low: 11, high: 13 }]]);
  });

  it('of nothing are of no device', () => {
    expect(workOf([])).toBeNull();
  });
});

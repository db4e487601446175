import { holm } from '@elucidate/statistics/holm';
import { paired } from '@elucidate/statistics/paired';
import { ladderOf, starAround, type LadderCell, type LadderSource } from './ladder.js';
import type { GridAxes } from './plot-axes.js';
import { renderLadder } from './render-ladder.js';

const axis = (values: readonly unknown[], dimension: number | null) => ({ values, dimension });
const axes: GridAxes = new Map([['schedule', axis([{ kind: 'linear' }, { kind: 'cosine', start: 0, end: 1, tau: 1 }], 1)], ['parameterisation', axis(['eps', 'edm'], 2)], ['sampler', axis([{ kind: 'ddim', eta: 0 }, { kind: 'heun' }], 3)], ['steps', axis([10], null)]]);
const cellAt = (place: readonly number[], mean: number, noise: readonly number[] = [0.1, 0.2, 0]): LadderCell => ({ cellId: `${place.join('')}`.padEnd(12, 'a'), place, trials: [1, 2, 3].map((train) => ({ train, sample: 1, value: mean + 5 * train + noise[train - 1]! })) });
const cells = [cellAt([0, 0, 0], 40), cellAt([0, 1, 0], 31), cellAt([1, 1, 0], 31, [0.4, -0.3, 0.3]), cellAt([1, 1, 1], 20)];
const source: LadderSource = { sweepId: 's', sweepName: 'x', metric: 'fid', n: 64, evaluator: 'e'.repeat(64), basis: null, real: 1.5, incomplete: 2, shape: 'chain', axes, cells };

test('each step of a chain says what it changes, and is compared with the one before and with the first at the same seeds', () => {
  const { steps, scale } = ladderOf(source, 'auto');
  expect(scale).toBe('linear');
  expect(steps.map(({ changes }) => changes)).toEqual([[], [{ parameter: 'parameterisation', from: 'eps', to: 'edm' }], [{ parameter: 'schedule', from: 'linear', to: 'cosine(0, 1, 1)' }], [{ parameter: 'sampler', from: 'ddim(eta 0)', to: 'heun' }]]);
  const pairs = [1, 2, 3].map((i) => paired(cells[i]!.trials, cells[i - 1]!.trials)!);
  expect(steps.slice(1).map(({ toPrevious }) => toPrevious!.mean)).toEqual(pairs.map(({ mean }) => mean));
  expect(steps.slice(1).map(({ toPrevious }) => toPrevious!.p)).toEqual(holm(pairs.map(({ p }) => p!)));
  expect(steps[3]!.toFirst!.mean).toBeCloseTo(steps.slice(1).reduce((sum, { toPrevious }) => sum + toPrevious!.mean, 0), 12);
  expect([steps[0]!.toPrevious, steps[0]!.toFirst]).toEqual([null, null]);
  expect(steps[0]!.interval!.low).toBeLessThan(steps[0]!.mean);
});

test('the interval of a mean ends where the values of the metric do, as in every other table', () => {
  const nearlyAll = cells.map((cell) => ({ ...cell, trials: cell.trials.map((trial, i) => ({ ...trial, value: [0.9, 1, 0.98][i]! })) }));
  const { low, high } = ladderOf({ ...source, metric: 'precision', cells: nearlyAll }, 'auto').steps[0]!.interval!;
  expect([low < 0.96, high]).toEqual([true, 1]);
});

test('the interval of a difference ends where differences of the metric do; that of a factor has no end', () => {
  const values = [[0.9, 1, 0.98], [0.02, 0.2, 0.01]];
  const apart = cells.slice(0, 2).map((cell, i) => ({ ...cell, trials: cell.trials.map((trial, k) => ({ ...trial, value: values[i]![k]! })) }));
  const found = (metric: string, scale: 'linear' | 'log') => ladderOf({ ...source, metric, cells: apart }, scale).steps[1]!;
  expect(found('density', 'linear').toFirst!.interval!.low).toBeLessThan(-1);
  expect([found('precision', 'linear').toFirst!.interval!.low, found('precision', 'linear').toPrevious!.interval!.low]).toEqual([-1, -1]);
  expect(found('precision', 'log').toFirst!.interval!.low).toBeLessThan(-1);
});

test('a star has what differs from its centre in one parameter, compared with it alone', () => {
  const all = [...cells, cellAt([1, 0, 1], 25), cellAt([0, 0, 1], 33)];
  const around = starAround(axes, cells[0]!, all);
  expect(around.map(({ place }) => place)).toEqual([[0, 0, 0], [0, 1, 0], [0, 0, 1]]);
  const { steps } = ladderOf({ ...source, shape: 'star', cells: around }, 'auto');
  expect(steps.map(({ toPrevious }) => toPrevious)).toEqual([null, null, null]);
  expect(steps[2]!.changes).toEqual([{ parameter: 'sampler', from: 'ddim(eta 0)', to: 'heun' }]);
  expect(steps[2]!.toFirst!.mean).toBeLessThan(-6);
  expect(() => starAround(axes, cells[0]!, [cells[0]!, cells[3]!])).toThrow('in a single parameter; name an order with --steps');
});

test('means that span a factor of ten are compared by factors, which multiply from step to step', () => {
  const wide = cells.map((cell, i) => ({ ...cell, trials: cell.trials.map((trial) => ({ ...trial, value: trial.value * 4 ** -i })) }));
  const { steps, scale } = ladderOf({ ...source, cells: wide }, 'auto');
  expect(scale).toBe('log');
  const product = steps.slice(1).reduce((factor, { toPrevious }) => factor * Math.exp(toPrevious!.mean), 1);
  expect(product).toBeCloseTo(Math.exp(steps[3]!.toFirst!.mean), 12);
  expect(renderLadder(ladderOf({ ...source, cells: wide }, 'auto'), 'markdown')).toMatch(/\*\*x0\.\d\d\*\* \[x0\.\d\d, x0\.\d\d\]/);
});

test('as text each step has its change, differences and p; what is significant is bold', () => {
  const text = renderLadder(ladderOf(source, 'auto'), 'markdown');
  const lines = text.split('\n').filter((line) => line.startsWith('| '));
  expect(lines[2]).toMatch(/the first .* - \| +- \| +- \|$/);
  expect(lines[3]).toMatch(/parameterisation edm, was eps +\|.*\*\*-9\.\d\d\*\* \[/);
  expect(lines[4]).toMatch(/schedule cosine\(0, 1, 1\), was linear +\| [^*]+\| +0\.\d{4} \|/);
  for (const part of ['step by step', '2 of the sweep\'s configurations lack trials', 'Holm for the 3 of a column']) expect(text).toContain(part);
  expect(renderLadder(ladderOf(source, 'auto'), 'csv').trimEnd().split('\r\n')).toHaveLength(5);
  expect(renderLadder(ladderOf(source, 'auto'), 'latex')).toContain('\\begin{tabular}{llrrrr}');
});

test('a single pair of seeds has differences and no tests; one configuration is no ladder', () => {
  const once = cells.map((cell) => ({ ...cell, trials: cell.trials.slice(0, 1) }));
  expect(renderLadder(ladderOf({ ...source, cells: once }, 'auto'), 'markdown')).toContain('nothing can be tested');
  expect(() => ladderOf({ ...source, cells: cells.slice(0, 1) }, 'auto')).toThrow('2 to 60 configurations');
});

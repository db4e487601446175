import { baseConfig, insertSweep, realBaselines, type TrialRow } from '../sweep-rows.fixture.js';
import { useDatabase } from '../test-store.fixture.js';
import { ablationTable } from './ablation.js';
import { sweepPlot, sweepPlots } from './sweep-plot.js';

const store = useDatabase();
const ddim = { kind: 'ddim', eta: 0 };
const grid = [0.5, 1].flatMap((inputScale) => [baseConfig.sampler, ddim].flatMap((sampler) => [5, 10].map((steps) => ({ inputScale, sampler, steps }))));
const fidOf = (i: number): number => 10 + 3 * i;
const trialsOf = (i: number): TrialRow[] => {
  if (i === 7) return [{}];
  if (i === 6) return [{ fid: 1, evaluator: 'other', n: 128 }];
  if (i === 5) return [{ fid: NaN }, { fid: NaN }];
  return [{ fid: fidOf(i) - 1, nfe: 20 + i }, { fid: fidOf(i) + 1, nfe: 20 + i }];
};

beforeAll(async () => {
  await insertSweep(store.db, 'p', grid.map((values, i) => ({ id: `c${i}`, config: { ...baseConfig, ...values, extractor: { kind: 'random', seed: 1 } }, trials: trialsOf(i) })));
  await insertSweep(store.db, 'one', [{ id: 'c', config: baseConfig, trials: [{ fid: 1 }] }]);
});

test('a picture has the mean and range of every configuration that compares, and counts the others', async () => {
  const plot = await sweepPlot(store.db, { sweepId: 'p' });
  expect(plot).toMatchObject({ metric: 'fid', n: 2048, evaluator: 'e', extractor: 'random', real: realBaselines.fid, cells: { drawn: 6, selected: 8 }, incomparable: 1 });
  expect(plot.points.map(({ x, line, facet, mean, min, max, count, diverged }) => [x, line, facet, mean, min, max, count, diverged])).toEqual([0, 1, 2, 3, 4, 5].map((i) => {
    const { inputScale, sampler, steps } = grid[i]!;
    const at = [inputScale, sampler.kind === 'heun' ? 'heun' : 'ddim(eta 0)', String(steps)];
    return i === 5 ? [...at, null, null, null, 0, 2] : [...at, fidOf(i), fidOf(i) - 1, fidOf(i) + 1, 2, 0];
  }));
});

test('a picture shows what the table of the same axes does', async () => {
  const [plot, table] = [await sweepPlot(store.db, { sweepId: 'p', x: 'steps', lines: 'sampler', facets: 'none', fixed: { inputScale: '0.5' } }), await ablationTable(store.db, { sweepId: 'p', name: 'sampler', fixed: { inputScale: '0.5' } })];
  expect(table.rows.map((row) => table.columns.map((column) => plot.points.find((point) => point.line === row && String(point.x) === column)?.mean))).toEqual(table.cells.map((row) => row.map((cell) => cell?.mean)));
});

test('NFE comes from what the sampling stages counted', async () => {
  const { points } = await sweepPlot(store.db, { sweepId: 'p', x: 'nfe', lines: 'none', facets: 'none', fixed: { inputScale: '0.5', sampler: 'heun' } });
  expect(points.map(({ x, mean }) => [x, mean])).toEqual([[20, 10], [21, 13]]);
});

test('the pictures of a sweep are of what its cells differ on; a sweep of one cell has none, and one without that metric nothing to draw', async () => {
  expect(await sweepPlots(store.db, 'p')).toEqual([{}, { x: 'nfe', lines: 'sampler', facets: 'none' }]);
  expect(await sweepPlots(store.db, 'one')).toEqual([]);
  await expect(sweepPlot(store.db, { sweepId: 'p', metric: 'kid' })).rejects.toMatchObject({ code: 'not_found' });
  await expect(sweepPlot(store.db, { sweepId: 'one' })).rejects.toMatchObject({ code: 'request.invalid' });
});

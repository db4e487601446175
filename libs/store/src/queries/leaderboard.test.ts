import { joinPages } from '@elucidate/experiment/leaderboard-pages';
import { baseConfig, cosine, insertSweep, realBaselines } from '../sweep-rows.fixture.js';
import { localPrincipal } from '../principal.js';
import { useDatabase } from '../test-store.fixture.js';
import { leaderboard } from './leaderboard.js';

const store = useDatabase();

const ranked = async (sweepId: string, metric?: string) => joinPages([await leaderboard(store.db, localPrincipal, { sweepId, metric })]).flatMap(({ rows }) => rows);
const one = { stddev: null, count: 1, diverged: 0, n: 2048 };

test('each metric has its mean, sample deviation, smallest, largest, count and real-data baseline; ties share a rank; a cell without numbers comes last', async () => {
  await insertSweep(store.db, 'ranked', [
    { id: 'tied', config: baseConfig, trials: [{ fid: 20 }] },
    { id: 'several', config: { ...baseConfig, schedule: cosine }, trials: [{ fid: 18, kid: 0.25 }, { fid: 20, kid: 0.5 }, { fid: 22, kid: 0.75 }] },
    { id: 'waiting', config: baseConfig, trials: [{}] },
    { id: 'best', config: baseConfig, trials: [{ fid: 9, trainSeed: 2, sampleSeed: 7 }, { fid: 11, trainSeed: 1, sampleSeed: 7 }] },
    { id: 'worst', config: baseConfig, trials: [{ fid: 40 }] },
  ]);
  const rows = await ranked('ranked');
  expect(rows.map(({ cellId, rank }) => [cellId, rank])).toEqual([['best', 1], ['tied', 2], ['several', 2], ['worst', 4], ['waiting', null]]);
  expect(rows[2]).toEqual({
    sweepId: 'ranked', cellId: 'several', rank: 2, config: { ...baseConfig, schedule: cosine }, n: 2048, nfe: 19, evaluator: 'e',
    metrics: {
      fid: { mean: 20, stddev: 2, min: 18, max: 22, count: 3, diverged: 0, n: 2048, real: realBaselines.fid },
      kid: { mean: 0.5, stddev: 0.25, min: 0.25, max: 0.75, count: 3, diverged: 0, n: 2048, real: realBaselines.kid },
    },
    trainSeeds: [1], sampleSeeds: [0, 1, 2], noiseLevelsOutOfRange: null,
  });
  expect(rows[0]).toMatchObject({ trainSeeds: [1, 2], sampleSeeds: [7] });
  expect(rows[1]?.metrics).toEqual({ fid: { ...one, mean: 20, min: 20, max: 20, real: realBaselines.fid } });
  expect(rows[4]).toMatchObject({ metrics: {}, n: null, nfe: null, evaluator: null, trainSeeds: [], sampleSeeds: [] });
});

test('a metric of a subset of the images is in the row of all of them, and any metric ranks in its direction', async () => {
  await insertSweep(store.db, 'several', [
    { id: 'sharp', config: baseConfig, trials: [{ fid: 10, 'fid@64': 30, precision: 0.5 }] },
    { id: 'true', config: { ...baseConfig, steps: 20 }, trials: [{ fid: 12, 'fid@64': 29, precision: 0.75 }] },
  ]);
  const order = async (metric?: string) => (await ranked('several', metric)).map(({ cellId, n, rank }) => [cellId, n, rank]);
  expect(await order()).toEqual([['sharp', 2048, 1], ['true', 2048, 2]]);
  expect(await order('fid@64')).toEqual([['true', 2048, 1], ['sharp', 2048, 2]]);
  expect(await order('precision')).toEqual([['true', 2048, 1], ['sharp', 2048, 2]]);
  expect((await ranked('several'))[0]?.metrics['fid@64']).toEqual({ ...one, n: 64, mean: 30, min: 30, max: 30, real: realBaselines['fid@64'] });
});

test('a sweep without FID is ranked by the metrics it has', async () => {
  await insertSweep(store.db, 'kids', [{ id: 'a', config: baseConfig, trials: [{ kid: 0.2 }] }, { id: 'b', config: { ...baseConfig, steps: 20 }, trials: [{ kid: 0.1 }] }]);
  expect((await ranked('kids')).map(({ cellId, rank }) => [cellId, rank])).toEqual([['b', 1], ['a', 2]]);
});

test('scores of another evaluator or another n form a ranking of their own', async () => {
  await insertSweep(store.db, 'mixed', [
    { id: 'a', config: baseConfig, trials: [{ fid: 30 }, { fid: 5, evaluator: 'other' }] },
    { id: 'b', config: baseConfig, trials: [{ fid: 20 }, { fid: 1, n: 256 }] },
  ]);
  const rows = await ranked('mixed');
  expect(rows.map(({ evaluator, n, cellId, rank, metrics }) => [evaluator, n, cellId, rank, metrics['fid']?.mean])).toEqual([
    ['e', 2048, 'b', 1, 20], ['e', 2048, 'a', 2, 30], ['other', 2048, 'a', 1, 5], ['e', 256, 'b', 1, 1],
  ]);
});

test('a diverged trial is counted separately: it affects no mean, no minimum and no rank', async () => {
  await insertSweep(store.db, 'diverged', [
    { id: 'half', config: baseConfig, trials: [{ fid: 10 }, { fid: NaN }, { fid: Infinity }, { fid: 14 }] },
    { id: 'whole', config: baseConfig, trials: [{ fid: NaN }] },
    { id: 'sound', config: baseConfig, trials: [{ fid: 13 }] },
  ]);
  const rows = await ranked('diverged');
  expect(rows.map(({ cellId, rank, metrics: { fid } }) => [cellId, rank, fid?.mean, fid?.min, fid?.max, fid?.count, fid?.diverged])).toEqual([
    ['half', 1, 12, 10, 14, 2, 2], ['sound', 2, 13, 13, 13, 1, 0], ['whole', null, undefined, undefined, undefined, undefined, undefined],
  ]);
  expect(await store.db.query(`select count::int, diverged::int from cell_scores where sweep_id = 'diverged' and cell_id = 'whole'`)).toEqual([{ count: 0, diverged: 1 }]);
});

test('a row has the largest number of out-of-range noise levels over the trials of its cell, and each cell has one row', async () => {
  await insertSweep(store.db, 'outside', [
    { id: 'far', config: baseConfig, trials: [{ fid: 10, outside: 3 }, { fid: 12, outside: 3 }] },
    { id: 'near', config: baseConfig, trials: [{ fid: 13, outside: 0 }] },
  ]);
  const rows = await ranked('outside');
  expect(rows.map(({ cellId, noiseLevelsOutOfRange, metrics }) => [cellId, noiseLevelsOutOfRange, metrics['fid']?.count])).toEqual([['far', 3, 2], ['near', 0, 1]]);
});

test('on random trials the view agrees with mean and deviation computed here', async () => {
  let state = 20_240_517;
  const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const cells = Array.from({ length: 12 }, (_, i) => ({
    id: `c${i}`, config: { ...baseConfig, steps: i + 1 },
    trials: Array.from({ length: 1 + Math.floor(random() * 6) }, () => ({ fid: 1000 + 300 * random(), kid: random() })),
  }));
  await insertSweep(store.db, 'random', cells);
  const rows = await ranked('random');
  expect(rows).toHaveLength(12);
  for (const { id, trials } of cells) {
    const row = rows.find(({ cellId }) => cellId === id);
    for (const metric of ['fid', 'kid'] as const) {
      const values = trials.map((trial) => trial[metric]);
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / (values.length - 1);
      const found = row?.metrics[metric];
      // both sum a handful of float64 in an unspecified order: a few units in the last place of numbers near 1000
      expect(found?.mean).toBeCloseTo(mean, 9);
      if (values.length === 1) expect(found?.stddev).toBeNull();
      else expect(found?.stddev).toBeCloseTo(Math.sqrt(variance), 7);
      expect(found).toMatchObject({ min: Math.min(...values), max: Math.max(...values), count: values.length });
    }
  }
  const means = rows.map(({ metrics }) => metrics['fid']?.mean ?? NaN);
  expect(means).toEqual([...means].sort((a, b) => a - b));
});

import { baseConfig, cosine, floors, insertSweep } from '../sweep-rows.fixture.js';
import { useDatabase } from '../test-store.fixture.js';
import { leaderboard } from './leaderboard.js';

const store = useDatabase();

test('cells are ranked by mean FID with its sample deviation, minimum and count; ties share a rank; a cell without numbers comes last', async () => {
  await insertSweep(store.db, 'ranked', [
    { id: 'tied', config: baseConfig, trials: [{ fid: 20 }] },
    { id: 'spread', config: { ...baseConfig, schedule: cosine }, trials: [{ fid: 18, kid: 0.25 }, { fid: 20, kid: 0.5 }, { fid: 22, kid: 0.75 }] },
    { id: 'waiting', config: baseConfig, trials: [{}] },
    { id: 'best', config: baseConfig, trials: [{ fid: 9, trainSeed: 2, sampleSeed: 7 }, { fid: 11, trainSeed: 1, sampleSeed: 7 }] },
    { id: 'worst', config: baseConfig, trials: [{ fid: 40 }] },
  ]);
  const rows = await leaderboard(store.db, { sweepId: 'ranked' });
  expect(rows.map(({ cellId, rank }) => [cellId, rank])).toEqual([['best', 1], ['tied', 2], ['spread', 2], ['worst', 4], ['waiting', null]]);
  expect(rows[2]).toEqual({
    sweepId: 'ranked', cellId: 'spread', rank: 2, config: { ...baseConfig, schedule: cosine }, n: 2048, nfe: 19, evaluator: 'e',
    fid: { mean: 20, spread: 2, min: 18, count: 3 }, kid: { mean: 0.5, spread: 0.25, min: 0.25, count: 3 },
    trainSeeds: [1], sampleSeeds: [0, 1, 2], fidFloor: floors.fid, kidFloor: floors.kid, levelsOutsideTraining: null,
  });
  expect(rows[0]).toMatchObject({ fid: { mean: 10, min: 9, count: 2 }, kid: null, trainSeeds: [1, 2], sampleSeeds: [7], kidFloor: null });
  expect(rows[1]?.fid).toEqual({ mean: 20, spread: null, min: 20, count: 1 });
  expect(rows[4]).toMatchObject({ fid: null, kid: null, n: null, nfe: null, evaluator: null, trainSeeds: [], sampleSeeds: [] });
});

test('numbers of another evaluator or another n stand in a ranking of their own', async () => {
  await insertSweep(store.db, 'mixed', [
    { id: 'a', config: baseConfig, trials: [{ fid: 30 }, { fid: 5, evaluator: 'other' }] },
    { id: 'b', config: baseConfig, trials: [{ fid: 20 }, { fid: 1, n: 256 }] },
  ]);
  const rows = await leaderboard(store.db, { sweepId: 'mixed' });
  expect(rows.map(({ evaluator, n, cellId, rank, fid }) => [evaluator, n, cellId, rank, fid?.mean])).toEqual([
    ['e', 2048, 'b', 1, 20], ['e', 2048, 'a', 2, 30], ['e', 256, 'b', 1, 1], ['other', 2048, 'a', 1, 5],
  ]);
});

test('a diverged trial is counted apart: it moves no mean, no minimum and no rank', async () => {
  await insertSweep(store.db, 'diverged', [
    { id: 'half', config: baseConfig, trials: [{ fid: 10 }, { fid: NaN }, { fid: Infinity }, { fid: 14 }] },
    { id: 'whole', config: baseConfig, trials: [{ fid: NaN }] },
    { id: 'sound', config: baseConfig, trials: [{ fid: 13 }] },
  ]);
  const rows = await leaderboard(store.db, { sweepId: 'diverged' });
  expect(rows.map(({ cellId, rank, fid }) => [cellId, rank, fid?.mean, fid?.min, fid?.count])).toEqual([
    ['half', 1, 12, 10, 2], ['sound', 2, 13, 13, 1], ['whole', null, undefined, undefined, undefined],
  ]);
  expect(await store.db.query(`select cell_id, fid_diverged::int from leaderboard where sweep_id = 'diverged' order by position`)).toEqual([
    { cell_id: 'half', fid_diverged: 2 }, { cell_id: 'whole', fid_diverged: 1 }, { cell_id: 'sound', fid_diverged: 0 },
  ]);
});

test('a row tells the most levels outside training that a trial of its cell walked, and keeps one row a cell', async () => {
  await insertSweep(store.db, 'outside', [
    { id: 'far', config: baseConfig, trials: [{ fid: 10, outside: 3 }, { fid: 12, outside: 3 }] },
    { id: 'near', config: baseConfig, trials: [{ fid: 13, outside: 0 }] },
  ]);
  const rows = await leaderboard(store.db, { sweepId: 'outside' });
  expect(rows.map(({ cellId, levelsOutsideTraining, fid }) => [cellId, levelsOutsideTraining, fid?.count])).toEqual([['far', 3, 2], ['near', 0, 1]]);
});

test('on random trials the view agrees with mean and deviation computed here', async () => {
  let state = 20_240_517;
  const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const cells = Array.from({ length: 12 }, (_, i) => ({
    id: `c${i}`, config: { ...baseConfig, steps: i + 1 },
    trials: Array.from({ length: 1 + Math.floor(random() * 6) }, () => ({ fid: 1000 + 300 * random(), kid: random() })),
  }));
  await insertSweep(store.db, 'random', cells);
  const rows = await leaderboard(store.db, { sweepId: 'random' });
  expect(rows).toHaveLength(12);
  for (const { id, trials } of cells) {
    const row = rows.find(({ cellId }) => cellId === id);
    for (const metric of ['fid', 'kid'] as const) {
      const values = trials.map((trial) => trial[metric]);
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / (values.length - 1);
      const found = row?.[metric];
      // both sum a handful of float64 in some order: a few units in the last place of numbers near 1000
      expect(found?.mean).toBeCloseTo(mean, 9);
      if (values.length === 1) expect(found?.spread).toBeNull();
      else expect(found?.spread).toBeCloseTo(Math.sqrt(variance), 7);
      expect(found).toMatchObject({ min: Math.min(...values), count: values.length });
    }
  }
  const means = rows.map(({ fid }) => fid?.mean ?? NaN);
  expect(means).toEqual([...means].sort((a, b) => a - b));
});

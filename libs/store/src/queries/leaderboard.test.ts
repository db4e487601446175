import { joinPages } from '@elucidate/experiment/leaderboard-pages';
import { baseConfig, cosine, insertSweep, realBaselines } from '../sweep-rows.fixture.js';
import { localPrincipal } from '../principal.js';
import { useDatabase } from '../test-store.fixture.js';
import { leaderboard } from './leaderboard.js';
import { comparedAtMost } from './leaderboard-standings.js';

const store = useDatabase();

const ranked = async (sweepId: string, metric?: string) => joinPages([await leaderboard(store.db, localPrincipal, { sweepId, metric })]).flatMap(({ rows }) => rows);
const single = { trainingRuns: 1, samples: 1, interval: null, reach: null, bestOfThree: null };
const one = { stddev: null, count: 1, diverged: 0, n: 2048, trials: 1, confidence: single };

/** Three sample seeds of one training: the quantile of t with 2 degrees of freedom is (2 p - 1) / sqrt(2 p (1 - p)). */
const ofThree = (mean: number, deviation: number, bestOfThree: number) => {
  const half = (0.95 / Math.sqrt(2 * 0.975 * 0.025)) * (deviation / Math.sqrt(3));
  return { trainingRuns: 1, samples: 3, reach: 'samples', bestOfThree, interval: { low: expect.closeTo(mean - half, 9) as number, high: expect.closeTo(mean + half, 9) as number } };
};

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
      fid: { mean: 20, stddev: 2, min: 18, max: 22, count: 3, diverged: 0, n: 2048, real: realBaselines.fid, trials: 3, confidence: ofThree(20, 2, 18) },
      kid: { mean: 0.5, stddev: 0.25, min: 0.25, max: 0.75, count: 3, diverged: 0, n: 2048, real: realBaselines.kid, trials: 3, confidence: ofThree(0.5, 0.25, 0.25) },
    },
    // the best has other seeds
    standing: { apart: false, toBest: null },
    trainSeeds: [1], sampleSeeds: [0, 1, 2], noiseLevelsOutOfRange: null,
  });
  expect(rows[0]).toMatchObject({ trainSeeds: [1, 2], sampleSeeds: [7] });
  expect(rows[1]?.metrics).toEqual({ fid: { ...one, mean: 20, min: 20, max: 20, real: realBaselines.fid } });
  expect(rows[4]).toMatchObject({ metrics: {}, n: null, nfe: null, evaluator: null, trainSeeds: [1], sampleSeeds: [0] });
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

describe('sorted by something else than rank', () => {
  beforeAll(() => insertSweep(store.db, 'sorted', [
    { id: 'a', config: { ...baseConfig, steps: 10 }, trials: [{ fid: 30, kid: 0.1, nfe: 10 }] },
    { id: 'b', config: { ...baseConfig, steps: 20, schedule: cosine }, trials: [{ fid: 10, kid: 0.3, nfe: 39 }] },
    { id: 'c', config: { ...baseConfig, steps: 5 }, trials: [{ fid: 20, nfe: 10 }] },
    { id: 'begun', config: { ...baseConfig, steps: 40 }, trials: [{ fid: 1, nfe: 5 }, {}] },
    { id: 'late', config: { ...baseConfig, steps: 3 }, trials: [{}] },
    { id: 'early', config: { ...baseConfig, steps: 2 }, trials: [{}] },
  ]));

  test.each([
    ['nfe', false, 'c2 a3 b1 begun late early'],
    ['nfe', true, 'b1 c2 a3 begun late early'],
    ['kid', false, 'a3 b1 c2 begun late early'],
    ['kid', true, 'b1 a3 c2 begun late early'],
    ['fid', true, 'a3 c2 b1 begun late early'],
    ['steps', false, 'c2 a3 b1 begun early late'],
    ['steps', true, 'b1 a3 c2 begun late early'],
    ['schedule', false, 'c2 a3 b1 begun late early'],
  ] as const)('by %s, descending: %s, rows keep their ranks, equal ones are best first, those without a value last; page by page as at once', async (by, descending, expected) => {
    for (const limit of [1, 2, 200]) {
      const pages = [await leaderboard(store.db, localPrincipal, { sweepId: 'sorted', sort: { by, descending }, limit })];
      while (pages.at(-1)!.nextCursor !== null) pages.push(await leaderboard(store.db, localPrincipal, { sweepId: 'sorted', sort: { by, descending }, limit, cursor: pages.at(-1)!.nextCursor! }));
      expect(joinPages(pages).flatMap(({ rows }) => rows.map(({ cellId, rank }) => `${cellId}${rank ?? ''}`)).join(' ')).toBe(expected);
    }
  });

  test('rows without a score of the metric that ranks are sorted by those that they have', async () => {
    await insertSweep(store.db, 'unscored', [
      { id: 'a', config: { ...baseConfig, steps: 10 }, trials: [{ fid: NaN, kid: 0.2, nfe: 19 }] },
      { id: 'b', config: { ...baseConfig, steps: 5 }, trials: [{ fid: NaN, kid: 0.3, nfe: 9 }] },
      { id: 'c', config: { ...baseConfig, steps: 20 }, trials: [{ fid: NaN, kid: 0.1, nfe: 39 }] },
      { id: 'late', config: { ...baseConfig, steps: 3 }, trials: [{}] },
      { id: 'best', config: { ...baseConfig, steps: 2 }, trials: [{ fid: 3 }] },
    ]);
    for (const [by, descending, expected] of [['nfe', false, 'b a c'], ['nfe', true, 'c a b'], ['kid', false, 'c a b'], ['kid', true, 'b a c']] as const) {
      const pages = [await leaderboard(store.db, localPrincipal, { sweepId: 'unscored', sort: { by, descending }, limit: 2 })];
      while (pages.at(-1)!.nextCursor !== null) pages.push(await leaderboard(store.db, localPrincipal, { sweepId: 'unscored', sort: { by, descending }, limit: 2, cursor: pages.at(-1)!.nextCursor! }));
      expect(joinPages(pages).flatMap(({ rows }) => rows.map(({ cellId }) => cellId)).join(' ')).toBe(`best ${expected} late`);
    }
  });

  test('a halving is sorted by images, too, which no axis has', async () => {
    await insertSweep(store.db, 'halved', [100, 1600, 100, 400].map((images, i) => ({ id: `h${i}`, config: { ...baseConfig, inputScale: i, images }, trials: [{ fid: i }] })));
    const sorted = (descending: boolean) => leaderboard(store.db, localPrincipal, { sweepId: 'halved', sort: { by: 'images', descending } });
    await expect(sorted(false)).rejects.toThrow(/sort "images"/);
    await store.db.query(`update sweeps set spec = '{"race": {"kind": "halving"}}' where id = 'halved'`);
    expect((await sorted(false)).groups[0]?.rows.map(({ cellId, rank }) => [cellId, rank])).toEqual([['h0', 1], ['h2', 3], ['h3', 4], ['h1', 2]]);
    expect((await sorted(true)).groups[0]?.rows.map(({ cellId }) => cellId)).toEqual(['h1', 'h3', 'h0', 'h2']);
  });

  test('a cursor that no page ended with is refused', async () => {
    const { nextCursor } = await leaderboard(store.db, localPrincipal, { sweepId: 'sorted', limit: 1 });
    const last = JSON.parse(Buffer.from(nextCursor!, 'base64url').toString()) as unknown[];
    for (const parts of [[3.5], [2 ** 31], ['nfe ascending', null, 0.5], [...last.slice(0, 6), 0.5, 1, 1], last.slice(1), null]) {
      const cursor = Buffer.from(JSON.stringify(parts)).toString('base64url');
      await expect(leaderboard(store.db, localPrincipal, { sweepId: 'sorted', cursor, ...(parts?.[0] === 'nfe ascending' && { sort: { by: 'nfe' } }) })).rejects.toThrow('is none of ours');
    }
  });

  test('ranks are among what is kept', async () => {
    const { groups } = await leaderboard(store.db, localPrincipal, { sweepId: 'sorted', sort: { by: 'nfe' }, kept: { keep: { schedule: ['linear'] }, within: {} } });
    expect(groups.flatMap(({ rows }) => rows.map(({ cellId, rank }) => [cellId, rank]))).toEqual([['c', 1], ['a', 2], ['begun', null], ['late', null], ['early', null]]);
  });

  test('is refused by what the sweep does not have, and with the cursor of another order', async () => {
    await expect(leaderboard(store.db, localPrincipal, { sweepId: 'sorted', sort: { by: 'stpes' } })).rejects.toThrow(/sort "stpes": .*did you mean steps\?$/);
    const { nextCursor } = await leaderboard(store.db, localPrincipal, { sweepId: 'sorted', sort: { by: 'nfe' }, limit: 1 });
    for (const sort of [undefined, { by: 'nfe', descending: true }]) await expect(leaderboard(store.db, localPrincipal, { sweepId: 'sorted', sort, limit: 1, cursor: nextCursor! })).rejects.toThrow('The cursor is of a page sorted by nfe ascending');
  });
});

test('a sweep without FID is ranked by the metrics it has', async () => {
  await insertSweep(store.db, 'kids', [{ id: 'a', config: baseConfig, trials: [{ kid: 0.2 }] }, { id: 'b', config: { ...baseConfig, steps: 20 }, trials: [{ kid: 0.1 }] }]);
  expect((await ranked('kids')).map(({ cellId, rank }) => [cellId, rank])).toEqual([['b', 1], ['a', 2]]);
});

test('scores of another evaluator or another n form a ranking of their own', async () => {
  await insertSweep(store.db, 'mixed', [
    { id: 'a', config: baseConfig, trials: [{ fid: 30 }] },
    { id: 'b', config: baseConfig, trials: [{ fid: 20 }] },
    { id: 'c', config: baseConfig, trials: [{ fid: 5, evaluator: 'other' }] },
    { id: 'd', config: baseConfig, trials: [{ fid: 1, n: 256 }] },
    { id: 'both', config: baseConfig, trials: [{ fid: 2 }, { fid: 3, evaluator: 'other' }] },
  ]);
  const rows = await ranked('mixed');
  expect(rows.map(({ evaluator, n, cellId, rank, notRanked, metrics }) => [evaluator, n, cellId, rank ?? notRanked, metrics['fid']?.mean])).toEqual([
    ['e', 2048, 'b', 1, 20], ['e', 2048, 'a', 2, 30], ['e', 2048, 'both', '1 of 2 trials', 2], ['other', 2048, 'c', 1, 5], ['other', 2048, 'both', '1 of 2 trials', 3], ['e', 256, 'd', 1, 1],
  ]);
});

test('a configuration of which trials diverged or are missing is not ranked with complete ones, however good, and says why', async () => {
  await insertSweep(store.db, 'diverged', [
    { id: 'half', config: baseConfig, trials: [{ fid: 10 }, { fid: NaN }, { fid: Infinity }, { fid: 14 }] },
    { id: 'whole', config: baseConfig, trials: [{ fid: NaN }] },
    { id: 'sound', config: baseConfig, trials: [{ fid: 13 }] },
    { id: 'worse', config: baseConfig, trials: [{ fid: 15 }] },
    { id: 'begun', config: baseConfig, trials: [{ fid: 5 }, {}, {}] },
  ]);
  const rows = await ranked('diverged');
  expect(rows.map(({ cellId, rank, notRanked, metrics: { fid } }) => [cellId, rank, notRanked, fid?.mean, fid?.count, fid?.diverged])).toEqual([
    ['sound', 1, undefined, 13, 1, 0], ['worse', 2, undefined, 15, 1, 0], ['begun', null, '1 of 3 trials', 5, 1, 0], ['half', null, '2 of 4 diverged', 12, 2, 2], ['whole', null, '1 of 1 diverged', undefined, undefined, undefined],
  ]);
  const [group] = (await leaderboard(store.db, localPrincipal, { sweepId: 'diverged' })).groups;
  expect(group!.choice).toMatchObject({ among: 2, incomplete: 2 });
  expect(await store.db.query(`select count::int, diverged::int from cell_scores where sweep_id = 'diverged' and cell_id = 'whole'`)).toEqual([{ count: 0, diverged: 1 }]);
});

const seeded = (values: readonly number[]) => values.map((fid, i) => ({ fid, trainSeed: i + 1, sampleSeed: 1 }));

test('what loses on every seed is told apart from the best, whatever the page; the group says among how many it was chosen', async () => {
  await insertSweep(store.db, 'paired', [
    { id: 'loses', config: baseConfig, trials: seeded([48.58, 48.56, 44.11]) },
    { id: 'best', config: { ...baseConfig, inputScale: 0.5 }, trials: seeded([45.45, 46.12, 41.19]) },
    { id: 'unclear', config: { ...baseConfig, inputScale: 2 }, trials: seeded([45, 47.5, 42]) },
  ]);
  const rows = await ranked('paired');
  expect(rows.map(({ cellId, standing }) => [cellId, standing?.apart])).toEqual([['best', false], ['unclear', false], ['loses', true]]);
  expect(rows[2]!.standing!.toBest).toMatchObject({ mean: expect.closeTo(2.83, 9) as number, trainingRuns: 3, samples: 1 });
  expect(rows[2]!.standing!.toBest!.interval!.low).toBeGreaterThan(1.5);
  const pages = [await leaderboard(store.db, localPrincipal, { sweepId: 'paired', limit: 1 })];
  while (pages.at(-1)!.nextCursor !== null) pages.push(await leaderboard(store.db, localPrincipal, { sweepId: 'paired', limit: 1, cursor: pages.at(-1)!.nextCursor! }));
  expect(joinPages(pages).flatMap(({ rows: found }) => found.map(({ standing }) => standing))).toEqual(rows.map(({ standing }) => standing));
  expect(new Set(pages.map(({ groups }) => JSON.stringify(groups[0]!.choice))).size).toBe(1);
  expect(pages[0]!.groups[0]!.choice).toMatchObject({ among: 3, incomplete: 0, correction: 'Holm', group: 2 });
  expect(pages[0]!.groups[0]!.choice!.runnerUp!.trainingRuns).toBeGreaterThan(3);
});

test('of many configurations only those shown are compared, by Bonferroni\'s correction for all of them', async () => {
  const cells = Array.from({ length: comparedAtMost + 1 }, (_, i) => ({ id: `c${i}`, config: { ...baseConfig, steps: i + 1 }, trials: seeded(i === 0 ? [1, 1.1, 0.9] : [5 + i, 5.101 + i, 4.9 + i]) }));
  await insertSweep(store.db, 'many', cells);
  const { groups: [group] } = await leaderboard(store.db, localPrincipal, { sweepId: 'many', limit: 3 });
  expect(group!.choice).toMatchObject({ among: comparedAtMost + 1, correction: 'Bonferroni', group: null });
  expect(group!.rows.map(({ standing }) => standing!.apart)).toEqual([false, true, true]);
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

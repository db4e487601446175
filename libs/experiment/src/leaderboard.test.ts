import fc from 'fast-check';
import { leaderboardGroups, metricsIn } from './leaderboard.js';
import type { Estimate, LeaderboardEntry } from './tables.js';

const estimate = (mean: number): Estimate => ({ mean, stddev: null, min: mean, max: mean, count: 1, diverged: 0, n: 64, real: null });

const row = (cellId: string, means: Record<string, number>, evaluator: string | null = 'e', n: number | null = 64): LeaderboardEntry => ({
  sweepId: 's', cellId, config: {}, metrics: Object.fromEntries(Object.entries(means).map(([metric, mean]) => [metric, estimate(mean)])),
  n, nfe: 5, evaluator, trainSeeds: [1], sampleSeeds: [1], noiseLevelsOutOfRange: null,
});

const seen = (rows: LeaderboardEntry[], metric?: string) => leaderboardGroups(rows, metric).map(({ evaluator, n, rows: members }) => [evaluator, n, members.map(({ cellId, rank }) => `${cellId} ${rank}`)]);

test('two evaluators, or two n, are never ranked together', () => {
  expect(seen([row('a', { fid: 3 }), row('b', { fid: 1 }, 'f'), row('c', { fid: 2 }), row('d', { fid: 1 }, 'e', 128)])).toEqual([
    ['e', 128, ['d 1']], ['e', 64, ['c 1', 'a 2']], ['f', 64, ['b 1']],
  ]);
});

test('equal means share a rank, a diverged cell has none, and cells without a score come last', () => {
  expect(seen([row('none', {}, null, null), row('nan', {}), row('a', { fid: 2 }), row('b', { fid: 1 }), row('c', { fid: 2 }), row('d', { fid: 3 })])).toEqual([
    ['e', 64, ['b 1', 'a 2', 'c 2', 'd 4', 'nan null']], [null, null, ['none null']],
  ]);
});

test('any metric can rank, in its own direction', () => {
  const rows = [row('a', { fid: 1, precision: 0.2, 'fid@32': 9 }), row('b', { fid: 2, precision: 0.9, 'fid@32': 8 })];
  expect(seen(rows)).toEqual([['e', 64, ['a 1', 'b 2']]]);
  expect(seen(rows, 'precision')).toEqual([['e', 64, ['b 1', 'a 2']]]);
  expect(seen(rows, 'fid@32')).toEqual([['e', 64, ['b 1', 'a 2']]]);
  expect(seen([row('a', { kid: 0.2 }), row('b', { kid: 0.1 })])).toEqual([['e', 64, ['b 1', 'a 2']]]);
});

test('by default a group is ranked by its first metric in table order, and names it', () => {
  expect(leaderboardGroups([row('a', { recall: 0.1, kid: 1 }), row('b', {}, null, null)]).map(({ metric }) => metric)).toEqual(['kid', null]);
  expect(metricsIn([row('a', { coverage: 1, 'fid@8': 1, kid: 1 }), row('b', { fid: 1 })])).toEqual(['fid', 'fid@8', 'kid', 'coverage']);
});

test('ranks agree with a count of better rows, whatever the numbers', () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 12 }), fc.constantFrom('fid', 'recall'), (means, metric) => {
    const [group] = leaderboardGroups(means.map((mean, i) => row(String(i), { [metric]: mean })), metric);
    for (const { cellId, rank } of group!.rows) {
      const own = means[Number(cellId)]!;
      expect(rank).toBe(1 + means.filter((mean) => (metric === 'fid' ? mean < own : mean > own)).length);
    }
  }));
});

test('rows that lack trials, or of which a trial diverged, follow the complete ones unranked and say why', () => {
  const partly = (cellId: string, mean: number, over: Partial<Estimate>): LeaderboardEntry => ({ ...row(cellId, {}), metrics: { fid: { ...estimate(mean), trials: 3, ...over } } });
  const [group] = leaderboardGroups([partly('two', 1, { count: 2 }), partly('all', 5, { count: 3 }), partly('nan', 2, { count: 2, diverged: 1 })]);
  expect(group!.rows.map(({ cellId, rank, notRanked }) => [cellId, rank, notRanked])).toEqual([['all', 1, undefined], ['two', null, '2 of 3 trials'], ['nan', null, '1 of 3 diverged']]);
});

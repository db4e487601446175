import type { LeaderboardRow } from '@elucidate/experiment/tables';
import { groupRows } from './leaderboard-groups.js';

const row = (cellId: string, fid: number | null, evaluator: string | null = 'e', n: number | null = 64): LeaderboardRow => ({
  sweepId: 's', cellId, rank: 1, config: {}, fid: fid === null ? null : { mean: fid, spread: null, min: fid, count: 1 }, kid: null,
  n, nfe: 5, evaluator, trainSeeds: [1], sampleSeeds: [1], fidFloor: null, kidFloor: null, levelsOutsideTraining: null,
});

const seen = (rows: LeaderboardRow[]) => groupRows(rows).map(({ evaluator, n, rows: members }) => [evaluator, n, members.map(({ cellId, rank }) => `${cellId} ${rank}`)]);

test('two evaluators, or two n, are never ranked together', () => {
  expect(seen([row('a', 3), row('b', 1, 'f'), row('c', 2), row('d', 1, 'e', 128)])).toEqual([
    ['e', 128, ['d 1']], ['e', 64, ['c 1', 'a 2']], ['f', 64, ['b 1']],
  ]);
});

test('equal means share a rank, a diverged cell has none, and cells not scored come last', () => {
  expect(seen([row('none', null, null, null), row('nan', null), row('a', 2), row('b', 1), row('c', 2), row('d', 3)])).toEqual([
    ['e', 64, ['b 1', 'a 2', 'c 2', 'd 4', 'nan null']], [null, null, ['none null']],
  ]);
});

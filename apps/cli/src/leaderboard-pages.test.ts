import type { LeaderboardGroup, LeaderboardPage } from '@elucidate/experiment/tables';
import { keptOf, moreText } from './commands/leaderboard.js';
import { allPages, firstRows } from './leaderboard-pages.js';

const group = (n: number, rows: number): LeaderboardGroup => ({ evaluator: 'e', n, metric: 'fid', bases: [], rows: Array.from({ length: rows }, (_, i) => ({ cellId: `${n}-${i}`, config: {} })) as unknown as LeaderboardGroup['rows'] });
const page = (at: number, last: number): LeaderboardPage => ({ fixed: {}, groups: [group(256, 2)], nextCursor: at === last ? null : String(at + 1) });

test('a leaderboard is read to its end, or only as far as rows are wanted', async () => {
  const read = async (most?: number) => {
    let pages = 0;
    const groups = await allPages((cursor) => Promise.resolve(page((pages++, Number(cursor ?? 0)), 4)), most);
    return [pages, groups[0]!.rows.length];
  };
  expect([await read(), await read(3), await read(4)]).toEqual([[5, 10], [2, 4], [2, 4]]);
});

test('the first rows are those of the first groups, of how many there are in all', () => {
  const of = (most: number) => firstRows([group(256, 2), group(64, 3)], most);
  expect(of(3).groups.map(({ n, rows }) => [n, rows.length])).toEqual([[256, 2], [64, 1]]);
  expect([of(1).groups.length, of(1).all, of(Infinity).groups.length]).toEqual([1, 5, 2]);
});

test('that there are more rows is said only where there may be', () => {
  expect([2, 3, 4].map((top) => moreText({ top, all: 3 }))).toEqual(['The first 2 of 3 configurations.', undefined, undefined]);
  expect([2, 3, 4].map((top) => moreText({ top, all: 3, allSweeps: true }))).toEqual([...[2, 3].map((top) => `The first ${top} configurations of all sweeps; --top N prints more.`), undefined]);
});

test('what is kept is any of several labels of a parameter; a label may have a colon', () => {
  expect(keptOf(['sampler:heun', 'steps:5', 'sampler:ddim(eta 0)', 'name:a:b'])).toEqual({ sampler: ['heun', 'ddim(eta 0)'], steps: ['5'], name: ['a:b'] });
  expect(() => keptOf(['sampler'])).toThrow('--keep "sampler": expected parameter:label');
});

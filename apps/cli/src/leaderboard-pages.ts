import { joinPages } from '@elucidate/experiment/leaderboard-pages';
import type { LeaderboardGroup, LeaderboardPage } from '@elucidate/experiment/tables';

type PageAt = (cursor: string | undefined) => Promise<LeaderboardPage>;

const rowsIn = (groups: readonly LeaderboardGroup[]): number => groups.reduce((sum, { rows }) => sum + rows.length, 0);

/** A whole leaderboard, read page by page; or at least its first rows. */
export async function allPages(page: PageAt, most = Infinity): Promise<LeaderboardGroup[]> {
  const pages: LeaderboardPage[] = [];
  for (let cursor: string | undefined; pages.length === 0 || (cursor !== undefined && pages.reduce((sum, { groups }) => sum + rowsIn(groups), 0) < most); cursor = pages.at(-1)!.nextCursor ?? undefined) pages.push(await page(cursor));
  return joinPages(pages);
}

/** The first rows, group by group, and how many there are in all of these groups. */
export function firstRows(groups: readonly LeaderboardGroup[], most: number): { groups: LeaderboardGroup[]; all: number } {
  let room = most;
  const first = groups.map((group) => {
    const rows = group.rows.slice(0, room);
    room -= rows.length;
    return { ...group, rows };
  });
  return { groups: first.filter(({ rows }) => rows.length > 0), all: rowsIn(groups) };
}

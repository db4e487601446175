import { joinPages } from '@elucidate/experiment/leaderboard-pages';
import type { LeaderboardGroup, LeaderboardPage } from '@elucidate/experiment/tables';

/** A whole leaderboard, read page by page. */
export async function allPages(page: (cursor: string | undefined) => Promise<LeaderboardPage>): Promise<LeaderboardGroup[]> {
  const pages: LeaderboardPage[] = [];
  for (let cursor: string | undefined; pages.length === 0 || cursor !== undefined; cursor = pages.at(-1)!.nextCursor ?? undefined) pages.push(await page(cursor));
  return joinPages(pages);
}

import { same } from './same.js';
import type { LeaderboardGroup, LeaderboardPage } from './tables.js';

type Config = Readonly<Record<string, unknown>>;

/** Moves what all rows of a page agree on, except the keys that vary on other pages, to `fixed`: `{ ...fixed, ...row.config }` is a row's whole configuration. */
export function withoutFixed({ groups, nextCursor }: Omit<LeaderboardPage, 'fixed'>, varying: ReadonlySet<string>): LeaderboardPage {
  const configs = groups.flatMap(({ rows }) => rows.map(({ config }) => config));
  const [first = {}] = configs;
  const agreed = Object.keys(first).filter((key) => !varying.has(key) && configs.every((config) => Object.hasOwn(config, key) && same(config[key], first[key])));
  const fixed = Object.fromEntries(agreed.map((key) => [key, first[key]]));
  const rest = (config: Config): Config => Object.fromEntries(Object.entries(config).filter(([key]) => !Object.hasOwn(fixed, key)));
  return { fixed, groups: groups.map((group) => ({ ...group, rows: group.rows.map((row) => ({ ...row, config: rest(row.config) })) })), nextCursor };
}

/** The groups of successive pages, each row with its whole configuration; a group that continues on the next page is one group. */
export function joinPages(pages: readonly LeaderboardPage[]): LeaderboardGroup[] {
  const joined: LeaderboardGroup[] = [];
  for (const { fixed, groups } of pages) {
    for (const group of groups) {
      const rows = group.rows.map((row) => ({ ...row, config: { ...fixed, ...row.config } }));
      const last = joined.at(-1);
      if (last !== undefined && last.evaluator === group.evaluator && last.n === group.n && last.metric === group.metric) last.rows.push(...rows);
      else joined.push({ ...group, rows });
    }
  }
  return joined;
}

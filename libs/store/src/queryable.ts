import { ElucidateError } from '@elucidate/experiment/errors';

/** Something that runs queries: the pool (DataSource) or a transaction on it (EntityManager). */
export interface Queryable {
  query<T>(sql: string, params?: unknown[]): Promise<T>;
}

/** Rows of one statement; times are ISO 8601 text in UTC. */
export async function rows<T extends object>(db: Queryable, sql: string, params: unknown[] = []): Promise<T[]> {
  const found = await db.query<Record<string, unknown>[]>(sql, params);
  return found.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value instanceof Date ? value.toISOString() : value])) as T);
}

/** A name as SQL writes it. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** One page of a list. */
export interface Page {
  /** Maximum number of rows; default 50. */
  limit?: number | undefined;
  /** `nextCursor` of the previous page. */
  cursor?: string | undefined;
}

/** The parts of a cursor "123.name": a number and a name, the position at which a page ended. Throws 'request.invalid'. */
export function parseCursor(cursor: string | undefined): { at: number; id: string } | null {
  if (cursor === undefined) return null;
  const match = /^(\d{1,16})\.([\w-]+)$/.exec(cursor);
  if (!match) throw new ElucidateError('request.invalid', `cursor "${cursor}" is none of ours; use the nextCursor of the page before`);
  return { at: Number(match[1]), id: match[2] ?? '' };
}

/** The first `limit` of the rows (one more was queried), without their position, and the cursor of the next page. */
export function pageOf<T extends { id: string }>(found: readonly (T & { at: number })[], limit: number): { items: T[]; nextCursor: string | null } {
  const last = found.length > limit ? found[limit - 1] : undefined;
  const items = found.slice(0, limit).map((row): T => {
    const item: T & { at?: number } = { ...row };
    delete item.at;
    return item;
  });
  return { items, nextCursor: last ? `${last.at}.${last.id}` : null };
}

/** SQL for a time inside JSON, as a Date prints it: "2026-11-27T14:14:38.424Z". */
export const isoTime = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

import type { Store } from '@elucidate/store/store';
import type { EntityManager } from 'typeorm';

/** A connection to query: the pool, or a transaction on it. */
export type Sql = Pick<Store['db'] | EntityManager, 'query'>;

/** Rows of one statement. It must be a select or a `with ... select`: TypeORM returns a different shape for other commands. */
export const rows = <T>(sql: Sql, text: string, params: readonly unknown[] = []): Promise<T[]> => sql.query(text, [...params]);

/** Runs one statement for its effect. */
export async function run(sql: Sql, text: string, params: readonly unknown[] = []): Promise<void> {
  await sql.query(text, [...params]);
}

/** JSON that jsonb accepts: it rejects NUL and lone surrogates, which an error message or a log line may contain. */
export const jsonText = (value: unknown): string =>
  JSON.stringify(value, (_key, member: unknown) => (typeof member === 'string' ? member.replaceAll('\0', '').replaceAll(/\p{Surrogate}/gu, '') : member));

/** Spells "grap": the one lock under which stages change other stages. */
const graphLock = 0x67726170;

/**
 * A transaction that may read and change many stages. These run one after another: readiness, failure of descendants
 * and the end of a sweep are then plain statements over a graph that does not change, with no deadlock and no missed last input.
 * Claims and heartbeats touch one row and do not wait for this lock.
 */
export const inGraph = <T>(db: Store['db'], work: (tx: EntityManager) => Promise<T>): Promise<T> =>
  db.transaction(async (tx) => {
    await run(tx, 'select pg_advisory_xact_lock($1)', [graphLock]);
    return work(tx);
  });

import type { Store } from '@elucidate/store/store';
import type { EntityManager } from 'typeorm';
import { untilUncontested } from './until-uncontested.js';

/** A connection to query: the pool, or a transaction on it. */
export type Sql = Pick<Store['db'] | EntityManager, 'query'>;

/** Rows of one statement. It must be a select, a call or a `with ... select`: TypeORM returns a different shape for other commands. */
export const rows = <T>(sql: Sql, text: string, params: readonly unknown[] = []): Promise<T[]> => sql.query(text, [...params]);

/** Runs one statement for its effect. */
export async function run(sql: Sql, text: string, params: readonly unknown[] = []): Promise<void> {
  await sql.query(text, [...params]);
}

/** Rows of a statement that is a transition of its own; tried again while it conflicts with others. Not for use within a transaction. */
export const transition = <T>(db: Sql, text: string, params: readonly unknown[]): Promise<T[]> => untilUncontested(() => rows<T>(db, text, params));

const refused = /\0|\p{Surrogate}/gu;

/** JSON that jsonb accepts: it rejects NUL and lone surrogates, which an error message, a log line or a name that a program gives may contain. */
export const jsonText = (value: unknown): string =>
  JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member === 'string') return member.replaceAll(refused, '');
    if (typeof member !== 'object' || member === null || Array.isArray(member) || !Object.keys(member).some((name) => name.search(refused) >= 0)) return member;
    return Object.fromEntries(Object.entries(member).map(([name, of]) => [name.replaceAll(refused, ''), of as unknown]));
  });

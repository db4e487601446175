/** What can be asked: the pool (DataSource) or a transaction on it (EntityManager). */
export interface Queryable {
  query<T>(sql: string, params?: unknown[]): Promise<T>;
}

/** Rows of one statement. */
export const rows = <T>(db: Queryable, sql: string, params: unknown[] = []): Promise<T[]> => db.query<T[]>(sql, params);

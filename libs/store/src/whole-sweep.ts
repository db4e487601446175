import { DataSource } from 'typeorm';
import type { Queryable } from './queryable.js';

/**
 * Runs statements that pass over all of a sweep's results. They are planned for that: PostgreSQL's statistics may be from before most of the results came, and
 * by these it would look rows up one by one, or sort on disk.
 */
export async function overWholeSweep<T>(db: Queryable, run: (db: Queryable) => Promise<T>): Promise<T> {
  if (!(db instanceof DataSource)) return run(db);
  return db.transaction(async (transaction) => {
    await transaction.query(`select set_config('enable_nestloop', 'off', true), set_config('enable_indexscan', 'off', true), set_config('work_mem', '32MB', true)`);
    return run(transaction);
  });
}

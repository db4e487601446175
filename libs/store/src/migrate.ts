import { MigrationExecutor, type DataSource, type QueryRunner } from 'typeorm';
import { ElucidateError } from '@elucidate/experiment/errors';
import { migrationNames } from '@elucidate/migrations/all';
import { connect, migrationsTable } from './data-source.js';
import type { Queryable } from './queryable.js';
import { liftTimeLimits } from './session.js';
import { requireSuitable } from './suitable.js';

/** Spells "elum": a lock held while migrations run, so that processes starting together migrate one after another. */
const migrationLock = 0x656c756d;

/**
 * Brings a database to this code's schema, or to that of these migrations alone, wholly or not at all; returns the names of the migrations it applied. All is one transaction, which also
 * holds the lock: a process that is killed, or a pooler that lends the connection to others, leaves no lock behind.
 * Throws 'database.unreachable', 'database.outdated', 'database.unsuitable'.
 */
export async function migrate(url: string, names: readonly string[] = migrationNames): Promise<string[]> {
  const source = await connect({ url, poolSize: 2, migrations: names });
  const runner = source.createQueryRunner();
  try {
    await runner.startTransaction();
    // a large table may take its time, and so may another process that migrates
    await liftTimeLimits(runner);
    await runner.query('select pg_advisory_xact_lock($1)', [migrationLock]);
    const known = await appliedMigrations(runner);
    refuseNewer(known);
    const applied = names.every((name) => known.includes(name)) ? [] : await applyAll(source, runner);
    await runner.commitTransaction();
    return applied;
  } catch (error) {
    if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
    throw error;
  } finally {
    await runner.release();
    await source.destroy();
  }
}

async function applyAll(source: DataSource, runner: QueryRunner): Promise<string[]> {
  await requireSuitable(runner);
  const executor = new MigrationExecutor(source, runner);
  executor.transaction = 'all';
  const applied = await executor.executePendingMigrations();
  return applied.map(({ name }) => name);
}

/** "A, B and 51 more". */
const listed = (names: readonly string[]): string => (names.length <= 4 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`);

/** Rejects a database whose schema is not exactly this code's. Throws 'database.outdated'. */
export async function requireCurrentSchema(source: DataSource): Promise<void> {
  const missing = await pendingMigrations(source);
  if (missing.length > 0) throw new ElucidateError('database.outdated', `The database lacks ${missing.length === migrationNames.length ? 'every table of elucidate' : listed(missing)}; start the API of this version, which brings the database up to date`, { details: { missing } });
}

/** The migrations that a database lacks. Throws 'database.outdated' if it has some that this code does not know. */
export async function pendingMigrations(db: Queryable): Promise<string[]> {
  const applied = await appliedMigrations(db);
  refuseNewer(applied);
  return migrationNames.filter((name) => !applied.includes(name));
}

/** Rejects a database with any of these migrations that this code does not know. Throws 'database.outdated'. */
export function refuseNewer(applied: readonly string[]): void {
  const unknown = applied.filter((name) => !migrationNames.includes(name));
  if (unknown.length > 0) throw new ElucidateError('database.outdated', `The database is newer than this elucidate: it has ${unknown.join(', ')}; update elucidate to the version that wrote it`, { details: { unknown } });
}

/** Names of the migrations that a database has, in their order; none without their table. */
export async function appliedMigrations(db: Queryable): Promise<string[]> {
  const [found] = await db.query<{ table: string | null }[]>('select to_regclass($1)::text as table', [migrationsTable]);
  if (found?.table == null) return [];
  const rows = await db.query<{ name: string }[]>(`select name from ${migrationsTable} order by id`);
  return rows.map(({ name }) => name);
}

import type { DataSource } from 'typeorm';
import { ElucidateError } from '@elucidate/experiment/errors';
import { migrationNames } from '@elucidate/migrations/all';
import { connect, migrationsTable } from './data-source.js';

/** Spells "elum": a lock held while migrations run, so that processes starting together migrate one after another. */
const migrationLock = 0x656c756d;

/** Brings a database to this code's schema; returns the names of the migrations it applied. Throws 'database.unreachable', 'database.outdated'. */
export async function migrate(url: string): Promise<string[]> {
  const source = await connect({ url, poolSize: 2 });
  const lock = source.createQueryRunner();
  try {
    await lock.query('select pg_advisory_lock($1)', [migrationLock]);
    refuseNewer(await appliedMigrations(source));
    const applied = await source.runMigrations({ transaction: 'each' });
    return applied.map(({ name }) => name);
  } finally {
    await lock.query('select pg_advisory_unlock($1)', [migrationLock]);
    await lock.release();
    await source.destroy();
  }
}

/** Rejects a database whose schema is not exactly this code's. Throws 'database.outdated'. */
export async function requireCurrentSchema(source: DataSource): Promise<void> {
  const applied = await appliedMigrations(source);
  refuseNewer(applied);
  const missing = migrationNames.filter((name) => !applied.includes(name));
  if (missing.length > 0) throw new ElucidateError('database.outdated', `The database lacks ${missing.join(', ')}; start the API of this version, which brings the database up to date, and try again`, { details: { missing } });
}

function refuseNewer(applied: readonly string[]): void {
  const unknown = applied.filter((name) => !migrationNames.includes(name));
  if (unknown.length > 0) throw new ElucidateError('database.outdated', `The database is newer than this elucidate: it has ${unknown.join(', ')}; update elucidate to the version that wrote it`, { details: { unknown } });
}

async function appliedMigrations(source: DataSource): Promise<string[]> {
  const [{ table }] = await source.query<[{ table: string | null }]>('select to_regclass($1)::text as table', [migrationsTable]);
  if (table === null) return [];
  const rows = await source.query<{ name: string }[]>(`select name from ${migrationsTable} order by id`);
  return rows.map(({ name }) => name);
}

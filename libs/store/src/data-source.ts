import { DataSource } from 'typeorm';
import { migrationNames, migrations } from '@elucidate/migrations/all';
import { ElucidateError } from '@elucidate/experiment/errors';
import { entities } from './entities/all.js';
import { poolOptions } from './session.js';

/** The table in which the database records its migrations. */
export const migrationsTable = 'schema_migrations';

export interface DatabaseOptions {
  /** postgres://user:password@host:port/database */
  url: string;
  /** Maximum number of connections; default 10. */
  poolSize?: number;
  /** How long to wait for a connection, new or of the pool; default 10 s. */
  connectMs?: number;
  /** Receives errors of connections that broke while idle; the pool opens others. Default: standard error. */
  onError?(error: Error): void;
  /** Names of the migrations to know; default all. */
  migrations?: readonly string[];
}

/** A line on standard error. */
export const sayLost = (error: Error): void => console.error(`A connection to PostgreSQL was lost: ${error.message}`);

/** A connected pool. Throws 'database.unreachable'. */
export async function connect({ url, poolSize = 10, connectMs = 10_000, onError = sayLost, migrations: known = migrationNames }: DatabaseOptions): Promise<DataSource> {
  const source = new DataSource({
    type: 'postgres', url, poolSize, entities: [...entities], migrations: migrations.filter((_, i) => known.includes(migrationNames[i] ?? '')), migrationsTableName: migrationsTable,
    connectTimeoutMS: connectMs, applicationName: 'elucidate', poolErrorHandler: onError, extra: poolOptions(),
  });
  try {
    return await source.initialize();
  } catch (cause) {
    throw new ElucidateError('database.unreachable', `No PostgreSQL answers at ${withoutPassword(url)} (${(cause as Error).message}); check DATABASE_URL and that the server runs`, { cause });
  }
}

function withoutPassword(url: string): string {
  if (!URL.canParse(url)) return 'DATABASE_URL, which is not an address';
  const { hostname, port, pathname } = new URL(url);
  return `${hostname}:${port || '5432'}${pathname}`;
}

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '@elucidate/embedded/postgres';
import pg from 'pg';
import { startRedis, type RedisServer } from './redis-server.js';

export interface Database {
  name: string;
  url: string;
  /** Ends all open connections. */
  drop(): Promise<void>;
}

/** What all rows of a run share: a PostgreSQL with fsync, a Redis if one is installed, and a folder. */
export interface Servers {
  folder: string;
  redis: RedisServer | null;
  /** Rows of one statement, from a database that no row uses. */
  rows<T>(sql: string, params?: readonly unknown[]): Promise<T[]>;
  /** An empty database, or a copy of one that nobody is connected to. */
  createDatabase(template?: Database): Promise<Database>;
  stop(): Promise<void>;
}

export async function startServers(): Promise<Servers> {
  const folder = await mkdtemp(join(tmpdir(), 'elucidate-bench-'));
  const postgres = await startPostgres({ dataDir: join(folder, 'postgres') });
  const redis = await startRedis();
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  const rows = async <T>(sql: string, params: readonly unknown[] = []): Promise<T[]> => (await client.query(sql, [...params])).rows as T[];
  return {
    folder, redis, rows,
    async createDatabase(template) {
      const name = `bench_${randomBytes(6).toString('hex')}`;
      // file by file: a large template would go through the log otherwise
      await rows(`create database ${name} ${template ? `template ${template.name} strategy file_copy` : 'template template0'}`);
      const url = new URL(postgres.url);
      url.pathname = `/${name}`;
      return { name, url: url.href, drop: async () => void (await rows(`drop database ${name} with (force)`)) };
    },
    async stop() {
      await client.end();
      await redis?.stop();
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

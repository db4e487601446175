import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase } from '@elucidate/embedded/test-database';
import { connect } from '@elucidate/store/data-source';
import { migrate } from '@elucidate/store/migrate';
import { apiClient, type ApiClient } from './api-client.js';
import { startApp, type AppProcess } from './app-process.js';

export interface Api extends ApiClient {
  process: AppProcess<{ type: 'listening'; url: string }>;
}

export type Worker = AppProcess<{ type: 'ready'; engine: string }>;

/** elucidate as a user runs it: a database of its own, a home folder, and processes started from the built apps. */
export interface Installation {
  home: string;
  startApi(env?: Readonly<Record<string, string>>): Promise<Api>;
  startWorker(args?: readonly string[], env?: Readonly<Record<string, string>>): Promise<Worker>;
  /** Rows read directly from the database. */
  sql<T>(text: string, parameters?: readonly unknown[]): Promise<T[]>;
  /** Stops everything still running, workers first. Database and home folder are kept. */
  stop(): Promise<void>;
  /** Stops, and deletes everything. */
  remove(): Promise<void>;
}

/** A migrated database without rows and an empty home folder. */
export async function installation(): Promise<Installation> {
  const database = await createTestDatabase(migrate);
  const home = await mkdtemp(join(tmpdir(), 'elucidate-e2e-'));
  const db = await connect({ url: database.url });
  const running: AppProcess<unknown>[] = [];
  const env = { ...process.env, DATABASE_URL: database.url, ELUCIDATE_HOME: home, PORT: '0', REDIS_URL: '' };
  const started = <P extends AppProcess<unknown>>(app: P): P => {
    running.push(app);
    return app;
  };
  const stop = async (): Promise<void> => {
    for (const app of running.splice(0).reverse()) await app.end('SIGTERM');
  };
  return {
    home,
    startApi: async (more = {}) => {
      const api: Api['process'] = started(await startApp('api', { env: { ...env, ...more } }));
      return { process: api, ...apiClient(api.ready.url) };
    },
    startWorker: async (args = [], more = {}) => started(await startApp('worker', { args, env: { ...env, ...more } })),
    sql: (text, parameters = []) => db.query(text, [...parameters]),
    stop,
    remove: async () => {
      await stop();
      await db.destroy();
      await database.drop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

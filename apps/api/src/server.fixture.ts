import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase } from '@elucidate/embedded/test-database';
import { homeAt } from '@elucidate/shell/home';
import { migrate } from '@elucidate/store/migrate';
import type { Env } from './env.js';
import { usualPatience, type Patience } from './http/bounded-adapter.js';
import { startServer } from './server.js';
import type { RunningServer } from './server.js';

export interface TestServer extends RunningServer {
  /** Rows of one statement on the server's own database. */
  sql<T>(text: string, params?: unknown[]): Promise<T[]>;
}

async function migrated(url: string): Promise<void> {
  await migrate(url);
}

/** The real server on a free port, over a fresh PostgreSQL database and BullMQ's queue in it. */
export async function startTestServer(settings: Partial<Env> = {}, patience: Partial<Patience> = {}): Promise<TestServer> {
  const database = await createTestDatabase(migrated);
  const home = await mkdtemp(join(tmpdir(), 'elucidate-api-'));
  const env = { databaseUrl: database.url, home: homeAt(home), logFormat: 'text' as const, host: '127.0.0.1', port: 0, allowedHosts: [], open: false, programs: false, requestsPerMinute: 0, ...settings };
  const server = await startServer(env, () => undefined, { ...usualPatience, ...patience });
  const close = async (): Promise<void> => {
    await server.close();
    await database.drop();
    await rm(home, { recursive: true, force: true });
  };
  return { ...server, sql: (text, params = []) => server.services.store.db.query(text, params), close };
}

export const yamlType = { 'content-type': 'application/yaml' };

/** Two cells, two trials: one training run, two sampling runs. */
export const smallSweep = `
name: small
dataset: { name: fashion-mnist, resolution: 16 }
parameters:
  sampler: { values: [{ kind: ddim }, { kind: heun }] }
  steps: { value: 5 }
train: { network: tiny, images: 256, batch: 32 }
evaluate: { samples: 64 }
`;

export const post = (url: string, body: string, headers: Record<string, string> = yamlType): Promise<Response> => fetch(url, { method: 'POST', body, headers });

import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startPostgres } from './postgres.js';

/**
 * A real PostgreSQL for tests. A project's jest.config.cjs:
 *
 *     module.exports = {
 *       ...require('../../jest.preset.cjs')(__dirname, { decorators: true }),
 *       globalSetup: require.resolve('@elucidate/embedded/jest-setup'),
 *       globalTeardown: require.resolve('@elucidate/embedded/jest-teardown'),
 *     };
 *
 * its package.json names `@elucidate/embedded` in devDependencies (so that nx builds it first), and a test:
 *
 *     import { createTestDatabase } from '@elucidate/embedded/test-database';
 *     import { migrate } from '@elucidate/store/migrate';
 *
 *     const database = await createTestDatabase(migrate);   // a fresh, migrated database in about 40 ms
 *     ...openStore({ url: database.url, artifacts: folder })...
 *     await database.drop();
 */

/** Environment variable with the server's address, set by jest-setup; set it yourself to test against another server (its user must be allowed to create databases). */
const variable = 'ELUCIDATE_TEST_POSTGRES';

export interface TestServer {
  url: string;
  stop(): Promise<void>;
}

/** A throw-away server: no fsync, data in a temporary folder that `stop` removes. Tests get its address through the environment. */
export async function startTestServer(): Promise<TestServer> {
  const given = process.env[variable];
  if (given) return { url: given, stop: () => Promise.resolve() };
  const folder = await mkdtemp(join(tmpdir(), 'elucidate-test-'));
  const server = await startPostgres({ dataDir: join(folder, 'postgres'), durable: false });
  process.env[variable] = server.url;
  const stop = async (): Promise<void> => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { url: server.url, stop };
}

export interface TestDatabase {
  url: string;
  /** Ends all open connections. */
  drop(): Promise<void>;
}

/** A database for one test file. `prepare` runs once on a template, which is then copied; the template is identified by the function's name and source text. */
export async function createTestDatabase(prepare?: (url: string) => Promise<unknown>): Promise<TestDatabase> {
  const server = process.env[variable];
  if (!server) throw new Error(`${variable} is not set: add @elucidate/embedded/jest-setup to this project's jest.config.cjs`);
  const name = `test_${randomBytes(8).toString('hex')}`;
  await withClient(server, async (client) => {
    const template = prepare ? await ensureTemplate(client, server, prepare) : 'template0';
    await client.query(`create database ${name} template ${template} strategy file_copy`);
  });
  return { url: databaseUrl(server, name), drop: () => withClient(server, async (client) => { await client.query(`drop database ${name} with (force)`); }) };
}

async function ensureTemplate(client: pg.Client, server: string, prepare: (url: string) => Promise<unknown>): Promise<string> {
  const template = `template_${createHash('sha256').update(prepare.name + prepare.toString()).digest('hex').slice(0, 16)}`;
  await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [template]);
  const { rowCount } = await client.query('select from pg_database where datname = $1', [template]);
  if (rowCount === 0) {
    const draft = `${template}_draft`;
    await client.query(`drop database if exists ${draft} with (force)`);
    await client.query(`create database ${draft} template template0`);
    await prepare(databaseUrl(server, draft));
    await client.query(`alter database ${draft} rename to ${template}`);
  }
  await client.query('select pg_advisory_unlock(hashtextextended($1, 0))', [template]);
  return template;
}

function databaseUrl(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

async function withClient(url: string, use: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await use(client);
  } finally {
    await client.end();
  }
}

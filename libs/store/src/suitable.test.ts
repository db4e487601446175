import { createTestDatabase } from '@elucidate/embedded/test-database';
import { connect } from './data-source.js';
import { migrate } from './migrate.js';
import { rows } from './queryable.js';

/** Runs statements as the test server's administrator, then uses the database. */
async function withDatabase(statements: readonly string[], use: (url: string, ask: (sql: string) => Promise<object[]>) => Promise<void>): Promise<void> {
  const database = await createTestDatabase();
  const source = await connect({ url: database.url, poolSize: 1, onError: () => undefined });
  const name = new URL(database.url).pathname.slice(1);
  try {
    for (const statement of statements) await source.query(statement.replaceAll('DATABASE', name));
    await use(database.url, (sql) => rows(source, sql));
  } finally {
    await source.destroy();
    await database.drop();
  }
}

const asRole = (url: string, role: string): string => Object.assign(new URL(url), { username: role, password: 'p' }).href;

test('for a role that may not create tables the error says what to grant, and once that is granted it migrates', () =>
  withDatabase([`create role limited login password 'p'`, 'revoke create on schema public from public'], async (url, ask) => {
    try {
      await expect(migrate(asRole(url, 'limited'))).rejects.toMatchObject({ code: 'database.unsuitable', message: expect.stringContaining('grant create on schema "public" to "limited"') as string });
      await ask('grant create on schema public to limited');
      expect((await migrate(asRole(url, 'limited'))).length).toBeGreaterThan(0);
      await ask('revoke create on schema public from limited');
      expect(await migrate(asRole(url, 'limited'))).toEqual([]);
    } finally {
      await ask('drop owned by limited cascade');
      await ask('drop role limited');
    }
  }));

test.each([
  ['no schema on its search path', 'alter database DATABASE set search_path = nowhere', 'create schema authorization'],
  ['only reads permitted', 'alter database DATABASE set default_transaction_read_only = on', 'set default_transaction_read_only = off'],
])('a database with %s is refused with what to do', (_, statement, remedy) =>
  withDatabase([statement], async (url) => {
    await expect(migrate(url)).rejects.toMatchObject({ code: 'database.unsuitable', message: expect.stringContaining(remedy) as string });
  }));

test('a database that is not in UTF-8 is refused with what to do', () =>
  withDatabase([`create database DATABASE_ascii encoding 'SQL_ASCII' locale 'C' template template0`], async (url, ask) => {
    const ascii = `${new URL(url).pathname.slice(1)}_ascii`;
    try {
      await expect(migrate(url.replace(/[^/]+$/, ascii))).rejects.toMatchObject({ code: 'database.unsuitable', message: expect.stringMatching(/SQL_ASCII.*encoding 'UTF8'/) as string });
    } finally {
      await ask(`drop database ${ascii} with (force)`);
    }
  }));

test('migrations that fail midway leave nothing, neither tables nor a lock', () =>
  withDatabase(['create table unsettled_stages (mine int)'], async (url, ask) => {
    await expect(migrate(url)).rejects.toThrow('unsettled_stages');
    expect(await ask(`select tablename from pg_tables where schemaname = 'public'`)).toEqual([{ tablename: 'unsettled_stages' }]);
    expect(await ask(`select 1 from pg_locks where locktype = 'advisory'`)).toEqual([]);
    await ask('drop table unsettled_stages');
    expect((await migrate(url)).length).toBeGreaterThan(0);
  }));

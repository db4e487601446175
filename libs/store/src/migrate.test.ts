import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createTestDatabase } from '@elucidate/embedded/test-database';
import { SweepOwner1764000000004 } from '@elucidate/migrations/1764000000004-sweep-owner';
import { migrationNames } from '@elucidate/migrations/all';
import type { DataSource } from 'typeorm';
import { connect, migrationsTable } from './data-source.js';
import { migrate, requireCurrentSchema } from './migrate.js';

async function withSource(prepare: ((url: string) => Promise<unknown>) | undefined, use: (source: DataSource) => Promise<void>): Promise<void> {
  const database = await createTestDatabase(prepare);
  const source = await connect({ url: database.url, poolSize: 2 });
  try {
    await use(source);
  } finally {
    await source.destroy();
    await database.drop();
  }
}

/** Columns, constraints, indexes, triggers, functions, sequences and views of a database, as PostgreSQL prints them. */
const describeSchema = (source: DataSource): Promise<unknown> => source.query(`
  select 'column' as what, table_name || '.' || column_name as name, concat_ws(' ', data_type, is_nullable, column_default) as definition
    from information_schema.columns where table_schema = 'public' and table_name <> $1::text
  union all select 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) from pg_constraint where connamespace = 'public'::regnamespace and conrelid <> $1::text::regclass
  union all select 'index', indexname, indexdef from pg_indexes where schemaname = 'public' and tablename <> $1::text
  union all select 'function', proname, pg_get_functiondef(oid) from pg_proc where pronamespace = 'public'::regnamespace
  union all select 'trigger', tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
  union all select 'sequence', sequencename, data_type::text from pg_sequences where schemaname = 'public' and sequencename not like $1::text || '%'
  union all select 'view', viewname, definition from pg_views where schemaname = 'public'
  order by 1, 2`, [migrationsTable]);

test('the list has every migration that there is, oldest first', async () => {
  const files = (await readdir(join(import.meta.dirname, '../../../migrations/src'))).filter((file) => /^\d+-/.test(file)).sort();
  expect(migrationNames.map((name) => /\d+$/.exec(name)?.[0])).toEqual(files.map((file) => file.split('-')[0]));
});

test('two processes that migrate at once both succeed, and each migration runs once', async () => {
  const database = await createTestDatabase();
  const applied = await Promise.all([migrate(database.url), migrate(database.url)]);
  expect(applied.flat()).toEqual(migrationNames);
  expect(await migrate(database.url)).toEqual([]);
  await database.drop();
});

test('the entities match the migrations: TypeORM finds nothing to change', () =>
  withSource(migrate, async (source) => {
    const { upQueries } = await source.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  }));

test('each view has the columns of its entity, in that order', () =>
  withSource(migrate, async (source) => {
    const views = source.entityMetadatas.filter(({ tableType }) => tableType === 'view');
    expect(views).toHaveLength(3);
    for (const view of views) {
      const columns = await source.query<{ name: string }[]>(`select column_name as name from information_schema.columns where table_name = $1 order by ordinal_position`, [view.tableName]);
      expect({ [view.tableName]: view.columns.map(({ databaseName }) => databaseName) }).toEqual({ [view.tableName]: columns.map(({ name }) => name) });
    }
  }));

test('every constraint and index has an explicit name', () =>
  withSource(migrate, async (source) => {
    const rows = await source.query<{ name: string }[]>(`select conname as name from pg_constraint where connamespace = 'public'::regnamespace and contype <> 'n' and conrelid <> $1::regclass`, [migrationsTable]);
    expect(rows.length).toBeGreaterThan(20);
    const migrationsText = source.migrations.map(({ up }) => up.toString()).join('');
    for (const { name } of rows) expect(migrationsText).toContain(`constraint ${name} `);
  }));

test('every function that looks all up by key has one plan for any list of stages', () =>
  withSource(migrate, async (source) => {
    const declared = await source.query<{ name: string; planned: boolean }[]>(`
      select proname as name, 'plan_cache_mode=force_generic_plan' = any(proconfig) as planned from pg_proc where pronamespace = 'public'::regnamespace and 'enable_seqscan=off' = any(proconfig)`);
    expect(declared.map(({ name }) => name)).toEqual(expect.arrayContaining(['claim_stages', 'close_leases', 'end_attempt']));
    expect(declared.filter(({ planned }) => !planned)).toEqual([]);
    expect(await source.transaction(async (tx) => {
      await tx.query('select by_key()');
      return tx.query('show plan_cache_mode');
    })).toEqual([{ plan_cache_mode: 'force_generic_plan' }]);
  }));

test('up, down, up leaves the same schema, and down leaves nothing', () =>
  withSource(migrate, async (source) => {
    const before = await describeSchema(source);
    for (let undone = 0; undone < migrationNames.length; undone++) await source.undoLastMigration();
    expect(await describeSchema(source)).toEqual([]);
    await source.runMigrations();
    expect(await describeSchema(source)).toEqual(before);
  }));

test('sweeps from before there were owners become local; on the way down, of two owners with one key the earlier keeps it', () =>
  withSource(migrate, async (source) => {
    const [migration, runner] = [new SweepOwner1764000000004(), source.createQueryRunner()];
    const insert = (id: string, columns: string, values: string): Promise<unknown> => source.query(`insert into sweeps (id, name, state, spec, spec_hash, idempotency_key${columns}) values ('${id}', 'x', 'done', '{}', 'h', 'k'${values})`);
    await migration.down(runner);
    await insert('first', '', '');
    await expect(insert('again', '', '')).rejects.toThrow(/sweeps_idempotency_key/);
    await migration.up(runner);
    await expect(insert('again', '', '')).rejects.toThrow(/sweeps_idempotency_key/);
    await insert('second', ', owner', `, 'other'`);
    expect(await source.query('select id, owner from sweeps order by created_at')).toEqual([{ id: 'first', owner: 'local' }, { id: 'second', owner: 'other' }]);
    await migration.down(runner);
    expect(await source.query('select id, idempotency_key as key from sweeps order by created_at')).toEqual([{ id: 'first', key: 'k' }, { id: 'second', key: null }]);
    await runner.release();
  }));

test('an older or a newer database is refused, saying what to do', async () => {
  await withSource(undefined, (source) =>
    expect(requireCurrentSchema(source)).rejects.toMatchObject({ code: 'database.outdated', message: expect.stringMatching(/lacks every table of elucidate; start the API/) as string }));
  await withSource(migrate, async (source) => {
    await expect(requireCurrentSchema(source)).resolves.toBeUndefined();
    await source.query(`insert into ${migrationsTable} (timestamp, name) values (9, 'FromTheFuture9')`);
    await expect(requireCurrentSchema(source)).rejects.toMatchObject({ code: 'database.outdated', message: expect.stringMatching(/newer.*FromTheFuture9/) as string });
  });
});

test('an address where nothing listens is an error that names the host and never the password', async () => {
  const error = await connect({ url: 'postgres://u:secret@127.0.0.1:1/x' }).catch((e: unknown) => e);
  expect(error).toMatchObject({ code: 'database.unreachable', message: expect.stringContaining('127.0.0.1:1/x') as string });
  expect((error as Error).message).not.toContain('secret');
});

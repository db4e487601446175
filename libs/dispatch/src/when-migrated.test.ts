import { createTestDatabase } from '@elucidate/embedded/test-database';
import { connect } from '@elucidate/store/data-source';
import { migrate, requireCurrentSchema } from '@elucidate/store/migrate';
import type { DataSource } from 'typeorm';
import { whenMigrated } from './when-migrated.js';

interface Setting {
  /** Before it is opened; by default nothing has been migrated. */
  schema?: typeof migrate;
  before?: (db: DataSource) => Promise<unknown>;
  /** As soon as it says that it waits. */
  meanwhile?: (db: DataSource, url: string) => Promise<unknown>;
  patienceMs?: number;
}

/** What came of opening a database, and what was said. */
async function opened({ schema, before, meanwhile, patienceMs }: Setting): Promise<[outcome: unknown, said: string[]]> {
  const database = await createTestDatabase(schema);
  const db = await connect({ url: database.url, poolSize: 2 });
  await before?.(db);
  const [said, changes]: [string[], (Promise<unknown> | undefined)[]] = [[], []];
  const log = (line: string): void => {
    said.push(line);
    changes.push(meanwhile?.(db, database.url));
  };
  const outcome = await whenMigrated(() => requireCurrentSchema(db).then(() => 'open'), { log, everyMs: 5, ...(patienceMs !== undefined && { patienceMs }) }).catch((error: unknown) => error);
  await Promise.all(changes);
  await db.destroy();
  await database.drop();
  return [outcome, said];
}

/** As an earlier version left it. */
const withoutLast = (db: DataSource): Promise<unknown> =>
  db.query('create table last_one as select * from schema_migrations order by id desc limit 1; delete from schema_migrations where id = (select id from last_one)');
const asItWas = (db: DataSource): Promise<unknown> => db.query('insert into schema_migrations select * from last_one');
const newer = (db: DataSource): Promise<unknown> => db.query(`insert into schema_migrations (timestamp, name) values (9, 'FromTheFuture9')`);

test.each<[string, Setting, string]>([
  ['without tables', { meanwhile: (_, url) => migrate(url) }, 'every table of elucidate'],
  ['with the schema of an earlier version', { schema: migrate, before: withoutLast, meanwhile: asItWas }, '\\S+\\d{13}'],
])('a database %s is waited for, which is said once, until an API has migrated it', async (_, setting, lacks) => {
  const line = new RegExp(`^The database lacks ${lacks}; start the API of this version, which brings the database up to date; waiting for up to 600 s$`);
  expect(await opened(setting)).toEqual(['open', [expect.stringMatching(line)]]);
});

test('when its patience is over it throws what the schema lacks', async () => {
  expect(await opened({ patienceMs: 20 })).toEqual([expect.objectContaining({ code: 'database.outdated' }), [expect.stringContaining('waiting for up to 0.02 s')]]);
});

test('a newer schema is not waited for, nor one that becomes newer meanwhile', async () => {
  const refused = expect.objectContaining({ code: 'database.outdated', message: expect.stringContaining('FromTheFuture9') as string }) as Error;
  expect(await opened({ schema: migrate, before: newer })).toEqual([refused, []]);
  expect(await opened({ schema: migrate, before: withoutLast, meanwhile: newer })).toEqual([refused, [expect.any(String)]]);
});

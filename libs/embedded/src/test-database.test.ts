import pg from 'pg';
import { createTestDatabase } from './test-database.js';

const ask = async (url: string, sql: string): Promise<unknown[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client.query<{ x: unknown }>(sql).then(({ rows }) => rows.map(({ x }) => x)).finally(() => client.end());
};

test('the template is prepared once, and its copies are independent', async () => {
  let prepared = 0;
  const prepareTable = async (url: string): Promise<void> => {
    prepared++;
    await ask(url, 'create table t as select 1 as x');
  };
  const [one, two] = await Promise.all([createTestDatabase(prepareTable), createTestDatabase(prepareTable)]);
  await ask(one.url, 'insert into t values (2)');
  expect(prepared).toBe(1);
  expect(await ask(one.url, 'select x from t order by x')).toEqual([1, 2]);
  expect(await ask(two.url, 'select x from t')).toEqual([1]);
  await Promise.all([one.drop(), two.drop()]);
  await expect(ask(one.url, 'select 1 as x')).rejects.toThrow(/does not exist/);
});

test('without a preparation the database is empty', async () => {
  const database = await createTestDatabase();
  expect(await ask(database.url, `select tablename as x from pg_tables where schemaname = 'public'`)).toEqual([]);
  await database.drop();
});

import { post, smallSweep, startTestServer } from './server.fixture.js';
import type { TestServer } from './server.fixture.js';

let server: TestServer;
// it waits as long for a connection as the tests do
beforeEach(async () => { server = await startTestServer({}, { databaseMs: 1000 }); });
afterEach(() => server.close());

/** Once the database is free again; a busy machine may exceed its short time limits for a while. */
async function servesAgain(): Promise<void> {
  while ((await fetch(`${server.url}/v1/sweeps`)).status !== 200);
}

/** Opens all connections of the pool; a busy machine may take longer over one than the API waits, and those that were ended are noticed and dropped. */
async function openConnections(): Promise<void> {
  const ask = () => Promise.allSettled(Array.from({ length: 10 }, () => server.services.store.db.query('select 1')));
  while ((await ask()).some(({ status }) => status === 'rejected'));
}

/** A connection of the pool, for this test alone. */
async function heldConnection(): Promise<ReturnType<TestServer['services']['store']['db']['createQueryRunner']>> {
  for (;;) {
    const runner = server.services.store.db.createQueryRunner();
    if (await runner.connect().then(() => true, () => false)) return runner;
  }
}

const unavailable = async (response: Response) => {
  expect([response.status, Number(response.headers.get('retry-after')) > 0, response.headers.get('content-type')]).toEqual([503, true, 'application/problem+json; charset=utf-8']);
  return (await response.json()) as { code: string; detail: string };
};

test('a statement that takes too long is a 503 that says when to come back', async () => {
  const { db } = server.services.store;
  const [{ name }] = await db.query<[{ name: string }]>('select current_database() as name');
  await db.query(`alter database "${name}" set statement_timeout = '300ms'`);
  await db.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name like 'elucidate%' and pid <> pg_backend_pid()`);
  await openConnections();
  const holder = await heldConnection();
  await holder.query('set statement_timeout = 0');
  await holder.startTransaction();
  await holder.query('lock table sweeps in access exclusive mode');
  expect(await unavailable(await fetch(`${server.url}/v1/sweeps`))).toMatchObject({ code: 'database.unreachable', detail: expect.stringContaining('too busy') });
  await holder.rollbackTransaction();
  await holder.release();
  await servesAgain();
});

test('when every connection is in use, a read and a submission are 503 too, the process says that it lives, and afterwards it serves on', async () => {
  await openConnections();
  const held = await Promise.all(Array.from({ length: 10 }, heldConnection));
  const answers = Promise.all([fetch(`${server.url}/v1/sweeps`), post(`${server.url}/v1/sweeps`, smallSweep), fetch(`${server.url}/`)]);
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  for (const answer of await answers) expect(await unavailable(answer)).toMatchObject({ code: 'database.unreachable' });
  await Promise.all(held.map((runner) => runner.release()));
  await servesAgain();
});

test('a schema that becomes newer is noticed while it runs', async () => {
  const watching = await startTestServer({}, { schemaMs: 20 });
  await watching.services.store.db.query(`insert into schema_migrations (timestamp, name) values (9999999999999, 'FromTheFuture9999999999999')`);
  await expect(watching.outdated).resolves.toMatchObject({ code: 'database.outdated', message: expect.stringContaining('FromTheFuture') as string });
  await watching.close();
});

import { access, appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { startPostgres, type Postgres } from '@elucidate/embedded/postgres';
import { artifactsReferredTo, restoreArtifacts, restoreDatabase } from '@elucidate/store/backup/restore';
import { writeBackup } from '@elucidate/store/backup/write';
import { connect } from '@elucidate/store/data-source';
import { migrate } from '@elucidate/store/migrate';
import { localPrincipal } from '@elucidate/store/principal';
import { eventsAfter, latestEventId } from '@elucidate/store/queries/events';
import { openStore, type Store } from '@elucidate/store/store';
import { stageKinds } from '@elucidate/experiment/stages';
import { until } from './conformance.fixture.js';
import { computeDigest, expectedMetrics } from './execute.fixture.js';
import { createInlineQueue } from './inline.js';
import { claim } from './lease.js';
import { fanSketch, sketchSweep } from './plan.fixture.js';
import { retryFailed } from './retry.js';
import { openTestStore, type TestStore } from './store.fixture.js';
import { submitPlan } from './submit.js';
import { runWorker } from './work.js';

const log = (): void => undefined;
/** What was said of the back-up, and of restoring it. */
const said: [string[], string[]] = [[], []];
const planned = sketchSweep(fanSketch(3), 'backup');
const all = planned.plan.stages.map(({ id }) => id);

let folder: string;
let here: TestStore;
/** Another cluster, whose transactions have other numbers. */
let elsewhere: Postgres;
let sweepId: string;
let backup: string;
let lastSeen: number;

/** Works until `enough` stages are done. */
async function work(store: Store, home: string, enough: number): Promise<void> {
  const stopping = new AbortController();
  const done = runWorker({
    store, queue: createInlineQueue(), home, execute: computeDigest, workerId: 'w', kinds: stageKinds, slots: 1, engine: 'test', reconcileMs: 20, backoffMs: 1, signal: stopping.signal, log,
  });
  await until(async () => Number((await store.db.query(`select count(*) from stages where state = 'done'`))[0].count) >= enough);
  stopping.abort();
  await done;
}

/** Every table's rows, as PostgreSQL prints them. */
async function contents(store: Store): Promise<Record<string, unknown>> {
  const tables = ['sweeps', 'cells', 'trials', 'trial_stages', 'sweep_stages', 'stage_inputs', 'stage_outputs', 'metrics', 'artifacts', 'events'];
  return Object.fromEntries(await Promise.all(tables.map(async (name) => [name, (await store.db.query<{ line: string }[]>(`select t::text as line from ${name} t order by 1`)).map(({ line }) => line)] as const)));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elucidate-backup-'));
  here = await openTestStore();
  elsewhere = await startPostgres({ dataDir: join(folder, 'elsewhere'), durable: false });
  ({ sweepId } = await submitPlan(here.store, createInlineQueue(), planned, { principal: localPrincipal }));
  await work(here.store, here.home, 5);
  const [ready] = await here.store.db.query<{ id: string }[]>(`select id from stages where state = 'ready' limit 1`);
  await claim(here.store.db, ready?.id ?? '', { workerId: 'left behind', leaseMs: 1e9 });
  await here.store.db.query(`insert into metrics (stage_id, name, value, details) values ($1, 'odd', '-0', '{"text": "\\u2028 \\"quoted\\" \\n"}'), ($1, 'not a number', 'NaN', null), ($1, 'tiny', 4.9406564584124654e-324, null)`, [all[0]]);
  lastSeen = await latestEventId(here.store.db);
  backup = join(folder, 'backup');
  await writeBackup(here.store, { folder: backup, artifacts: true, log: (line) => said[0].push(line) });
});
afterAll(async () => {
  await here.close();
  await elsewhere.stop();
  await rm(folder, { recursive: true, force: true });
});

let count = 0;
/** A database of the other cluster with the back-up in it, and an empty artifact folder. */
async function restored(from = backup): Promise<{ store: Store; home: string; url: string }> {
  const admin = await connect({ url: elsewhere.url, poolSize: 1 });
  const name = `restored_${count++}`;
  await admin.query(`create database ${name}`);
  await admin.destroy();
  const url = elsewhere.url.replace(/\/[^/]*$/, `/${name}`);
  await restoreDatabase(url, { folder: from, log: (line) => said[1].push(line) });
  const home = join(folder, name);
  return { store: await openStore({ url, artifacts: join(home, 'artifacts') }), home, url };
}

test('a restored database has the same rows, and readers of events go on where they were', async () => {
  const { store } = await restored();
  expect(await contents(store)).toEqual(await contents(here.store));
  expect(await eventsAfter(store.db, { after: lastSeen, limit: 9 })).toEqual([]);
  expect((await eventsAfter(store.db, { after: 0, limit: 999 })).at(-1)?.id).toBe(lastSeen);
  await store.db.query(`insert into events (type, data) values ('after the restore', '{}')`);
  expect((await eventsAfter(store.db, { after: lastSeen, limit: 9 })).map(({ type }) => type)).toEqual(['after the restore']);
  // what was leased is free again, without an attempt counted
  expect(await store.db.query(`select state, counted_attempts from stages where id in (select stage_id from attempts where worker_id = 'left behind')`)).toEqual([{ state: 'ready', counted_attempts: 0 }]);
  await store.close();
});

test.each([true, false])('the sweep goes on in the other cluster to the same results (artifacts: %s)', async (withArtifacts) => {
  const { store, home } = await restored();
  const before = await artifactsReferredTo(store);
  expect(before.lost).toEqual(before.all);
  if (withArtifacts) expect(await restoreArtifacts(store.artifacts, backup, before.all)).toBe(before.all.length);
  else await retryFailed(store, createInlineQueue(), sweepId, localPrincipal);
  await store.db.query(`delete from metrics where name <> 'digest'`);
  await work(store, home, all.length);
  expect(await store.db.query('select state from sweeps')).toEqual([{ state: 'done' }]);
  const found = await store.db.query<{ stage_id: string; value: number }[]>('select stage_id, value from metrics');
  expect(Object.fromEntries(found.map(({ stage_id, value }) => [stage_id, value]))).toEqual(expectedMetrics(planned.plan.stages));
  if (withArtifacts) expect((await artifactsReferredTo(store)).lost).toEqual([]);
  await store.close();
});

test('a back-up of an earlier schema is restored, and migrated then', async () => {
  const old = await openTestStore();
  const names = async (): Promise<string[]> => (await old.store.db.query<{ name: string }[]>('select name from schema_migrations order by id')).map(({ name }) => name);
  while ((await names()).includes('EventNumbers1764000000060')) await old.store.db.undoLastMigration();
  const earlier = await names();
  await old.store.db.query(`insert into sweeps (id, name, state, spec, spec_hash) values ('old', 'old', 'running', '{}', 'h')`);
  const from = join(folder, 'earlier');
  expect((await writeBackup(old.store, { folder: from, artifacts: false, log })).migrations).toEqual(earlier);
  const { store } = await restored(from);
  expect(await store.db.query('select id from sweeps')).toEqual([{ id: 'old' }]);
  await store.close();
  await old.close();
});

test('a schema that this code does not know is not copied', async () => {
  await here.store.db.query(`insert into schema_migrations (timestamp, name) values (9, 'FromTheFuture9')`);
  const from = join(folder, 'newer');
  await expect(writeBackup(here.store, { folder: from, artifacts: false, log })).rejects.toMatchObject({ code: 'database.outdated', message: expect.stringMatching(/newer.*FromTheFuture9/) as string });
  await expect(access(from)).rejects.toThrow();
  await here.store.db.query('delete from schema_migrations where timestamp = 9');
});

test('a database with sweeps is not overwritten, a damaged or unfinished back-up changes nothing', async () => {
  await expect(restoreDatabase(here.url, { folder: backup, log })).rejects.toMatchObject({ code: 'request.conflict' });
  await expect(writeBackup(here.store, { folder: backup, artifacts: true, log })).rejects.toMatchObject({ code: 'request.invalid', message: expect.stringContaining('not an empty folder') as string });

  const damaged = join(folder, 'damaged');
  await writeBackup(here.store, { folder: damaged, artifacts: false, log });
  const file = join(damaged, 'tables', 'stages.ndjson.gz');
  const lines = gunzipSync(await readFile(file)).toString();
  const target = await openTestStore();
  for (const spoil of [() => writeFile(file, gzipSync(lines.replace('"ready"', '"done"'))), () => writeFile(file, gzipSync(lines).subarray(0, 200)), () => appendFile(file, 'x')]) {
    await spoil();
    await expect(restoreDatabase(target.url, { folder: damaged, log })).rejects.toMatchObject({ code: 'data.corrupt', message: expect.stringContaining(file) as string });
    await migrate(target.url);
    expect(await target.store.db.query('select count(*)::int as n from stages')).toEqual([{ n: 0 }]);
  }
  await rm(join(damaged, 'manifest.json'));
  await expect(restoreDatabase(target.url, { folder: damaged, log })).rejects.toMatchObject({ code: 'request.invalid', message: expect.stringContaining('no whole back-up') as string });
  await target.close();
});

test.each([['a back-up', 0], ['its restoration', 1]] as const)('%s names the tables that have rows, and counts the others', (_, which) => {
  expect(said[which]).toEqual(expect.arrayContaining(['sweeps: 1 row', expect.stringMatching(/^stages: \d\d? rows$/), expect.stringMatching(/^\d+ tables without rows$/)]));
  expect(said[which].join('\n')).not.toContain(': 0 rows');
});

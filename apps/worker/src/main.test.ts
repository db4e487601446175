import { fork, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, type TestDatabase } from '@elucidate/embedded/test-database';
import { migrate } from '@elucidate/store/migrate';
import { openStore, type Store } from '@elucidate/store/store';

const main = join(__dirname, '..', 'dist', 'main.js');
const healthy = join(__dirname, '..', 'dist', 'healthy.js');
const children: ChildProcess[] = [];

interface Ended {
  code: number | null;
  output: string;
}

/** The built worker process, with an IPC channel to us. */
function start(args: string[], env: Record<string, string>): { child: ChildProcess; ended: Promise<Ended> } {
  const child = fork(main, args, { env: { PATH: process.env['PATH'] ?? '', ...env }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv: [] });
  children.push(child);
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  return { child, ended: once(child, 'exit').then(([code]) => ({ code: code as number | null, output: output.join('') })) };
}

afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

test('--help prints the help and needs no database', async () => {
  const { code, output } = await start(['--help'], {}).ended;
  expect(code).toBe(0);
  expect(output).toContain('--lease-seconds');
});

test('it exits with 2 on a wrong flag or environment, with 3 if the database cannot be reached', async () => {
  expect(await start(['--kinds', 'bake'], {}).ended).toMatchObject({ code: 2, output: expect.stringContaining('--kinds') });
  expect(await start([], {}).ended).toMatchObject({ code: 2, output: expect.stringContaining('DATABASE_URL must be set') });
  const home = await mkdtemp(join(tmpdir(), 'elucidate-worker-'));
  const nobody = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none', ELUCIDATE_HOME: home };
  expect(await start(['--backend', 'cpu'], nobody).ended).toMatchObject({ code: 3, output: expect.stringContaining('No PostgreSQL answers') });
  await rm(home, { recursive: true });
});

test('started before the API, on a database that nobody has migrated yet, it says once that it waits, and then takes stages', async () => {
  const empty = await createTestDatabase();
  const home = await mkdtemp(join(tmpdir(), 'elucidate-worker-'));
  const { child, ended } = start(['--backend', 'cpu', '--slots', '1'], { DATABASE_URL: empty.url, ELUCIDATE_HOME: home });
  const ready = once(child, 'message');
  const early = ended.then(({ output }) => Promise.reject(new Error(output)));
  early.catch(() => undefined);
  for (let said = ''; !said.includes('waiting for up to 600 s'); said += String((await Promise.race([once(child.stdout!, 'data'), early]))[0]));
  await migrate(empty.url);
  expect((await ready)[0]).toMatchObject({ type: 'ready' });
  child.kill('SIGTERM');
  const { code, output } = await ended;
  expect([code, output.match(/lacks every table of elucidate; start the API of this version.*waiting for up to 600 s/g)?.length]).toEqual([0, 1]);
  await empty.drop();
  await rm(home, { recursive: true, force: true });
});

describe('with a database', () => {
  let database: TestDatabase;
  let store: Store;
  let home: string;

  beforeAll(async () => {
    database = await createTestDatabase(migrate);
    home = await mkdtemp(join(tmpdir(), 'elucidate-worker-'));
    store = await openStore({ url: database.url, artifacts: join(home, 'artifacts') });
  });
  afterAll(async () => {
    await store.close();
    await database.drop();
    await rm(home, { recursive: true, force: true });
  });

  const stateOf = async (pid: number | undefined): Promise<string> => (await store.db.query('select state from workers where pid = $1', [pid]))[0]?.state;

  test.each([
    ['SIGTERM', (child: ChildProcess) => child.kill('SIGTERM')],
    ['Ctrl-C', (child: ChildProcess) => child.kill('SIGINT')],
    ['the end of the process that started it', (child: ChildProcess) => child.disconnect()],
  ])('%s stops it cleanly', async (_, stop) => {
    const { child, ended } = start(['--backend', 'cpu', '--slots', '1'], { DATABASE_URL: database.url, ELUCIDATE_HOME: home });
    const [ready] = await once(child, 'message');
    expect(ready).toMatchObject({ type: 'ready', engine: expect.stringContaining('cpu') });
    while ((await stateOf(child.pid)) !== 'active') await sleep(20);
    stop(child);
    expect((await ended).code).toBe(0);
    expect(await stateOf(child.pid)).toBe('gone');
  });

  test('it exits with 3 if the database of the queue refuses it', async () => {
    const nobody = { DATABASE_URL: database.url, QUEUE_DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none', ELUCIDATE_HOME: home };
    expect(await start(['--backend', 'cpu', '--slots', '1'], nobody).ended).toMatchObject({ code: 3, output: expect.stringMatching(/^(?!.*waiting for up to)[^]*The queue's PostgreSQL does not answer/) });
  });

  test.each([
    ['succeeds for a worker that takes stages and was seen lately', 0, "'active', clock_timestamp()"],
    ['succeeds for one that is handing back its stages', 0, "'stopping', clock_timestamp()"],
    ['fails for one that has been silent for a minute', 1, "'active', clock_timestamp() - interval '1 minute'"],
    ['fails for one that takes no more', 1, "'quarantined', clock_timestamp()"],
    ['fails for one that is gone', 1, "'gone', clock_timestamp()"],
  ])('the health check %s', async (_, status, stateAndTime) => {
    await store.db.query('delete from workers');
    await store.db.query(`insert into workers (id, host, pid, engine, kinds, concurrency, state, seen_at) values
      ('here', $1, 1, 'simd', '{train}', 1, ${stateAndTime}), ('elsewhere', 'other', 1, 'simd', '{train}', 1, 'active', clock_timestamp())`, [hostname()]);
    expect(spawnSync(process.execPath, [healthy], { env: { DATABASE_URL: database.url, ELUCIDATE_HOME: home }, encoding: 'utf8' })).toMatchObject({ status });
  });

  test('the health check fails, with the reason, where the database does not answer', () => {
    const { status, stderr } = spawnSync(process.execPath, [healthy], { env: { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('ECONNREFUSED') });
  });
});

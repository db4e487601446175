import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, type TestDatabase } from '@elucidate/embedded/test-database';
import { migrate } from '@elucidate/store/migrate';
import { openStore, type Store } from '@elucidate/store/store';

const main = join(__dirname, '..', 'dist', 'main.js');
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
});

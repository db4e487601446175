import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { findBinaries } from './binaries.js';
import { works } from './identity.js';
import { startPostgres } from './postgres.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elucidate-embedded-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const ask = async (url: string, sql: string): Promise<unknown> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client.query({ text: sql, rowMode: 'array' }).then(({ rows }) => rows[0]?.[0] as unknown).finally(() => client.end());
};

/** A process of its own that starts a server (the built library, as users run it), says its pid and url, and stays. */
async function startElsewhere(options: object): Promise<{ process: ChildProcess; pid: number; url: string; owner: boolean }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', `
    import { startPostgres } from ${JSON.stringify(pathToFileURL(join(__dirname, '../dist/postgres.js')))};
    const { pid, url, owner } = await startPostgres(${JSON.stringify(options)});
    console.log(JSON.stringify({ pid, url, owner }));
    setInterval(() => undefined, 1000);`], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { process: child, ...(JSON.parse(line.toString()) as { pid: number; url: string; owner: boolean }) };
}

const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}`) || (process.platform !== 'linux' && spawnProbe(pid));
function spawnProbe(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const isGone = async (pid: number): Promise<boolean> => {
  for (let tries = 0; tries < 400; tries++, await sleep(25)) if (!isAlive(pid)) return true;
  return false;
};

const postmasterOf = (url: string): Promise<number> =>
  ask(url, `select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int`).then(Number);

test('data written before a stop is there after the next start, and the folder is closed to others', async () => {
  const dataDir = join(folder, 'kept', 'postgres');
  const first = await startPostgres({ dataDir });
  await ask(first.url, 'create table kept as select 42 as answer');
  await first.stop();
  expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
  const second = await startPostgres({ dataDir });
  expect(await ask(second.url, 'select answer from kept')).toBe(42);
  expect(await ask(second.url, `select current_setting('fsync')`)).toBe('on');
  await second.stop();
  expect(isAlive(second.pid)).toBe(false);
});

test('a wrong password is refused on loopback too', async () => {
  const server = await startPostgres({ dataDir: join(folder, 'kept', 'postgres') });
  await expect(ask(server.url.replace(/:[0-9a-f]+@/, ':wrong@'), 'select 1')).rejects.toThrow(/password authentication failed/);
  await server.stop();
});

test('a second start on the same data joins the first server, and stopping it leaves the first running', async () => {
  const dataDir = join(folder, 'shared');
  const first = await startElsewhere({ dataDir, durable: false });
  const second = await startPostgres({ dataDir, durable: false });
  expect(second).toMatchObject({ owner: false, url: first.url });
  await second.stop();
  expect(await ask(first.url, 'select 1')).toBe(1);
  first.process.kill('SIGKILL');
  expect(await isGone(first.pid)).toBe(true);
});

test('two processes that start at once on an empty folder end up with one server', async () => {
  const options = { dataDir: join(folder, 'raced'), durable: false };
  const both = await Promise.all([startElsewhere(options), startElsewhere(options)]);
  expect(both[0]?.url).toBe(both[1]?.url);
  expect(both.filter(({ owner }) => owner)).toHaveLength(1);
  for (const one of both) one.process.kill('SIGKILL');
  for (const one of both) expect(await isGone(one.pid)).toBe(true);
  expect(readdirSync(folder).filter((name) => name.includes('initdb'))).toEqual([]);
});

const root = process.getuid?.() === 0;
const leashes = [
  ...(process.platform === 'linux' ? [{ leash: 'kernel' } as const] : []),
  { leash: 'guard' } as const,
  ...(root && process.platform === 'linux' ? [{ leash: 'kernel', identity: 'nobody' } as const] : []),
];
test.each(leashes)('no process is left after kill -9 of the one that started it, and the data survives ($leash $identity)', async (how) => {
  const options = { dataDir: join(folder, `killed-${Object.values(how).join('-')}`), ...how };
  const server = await startElsewhere(options);
  const postmaster = await postmasterOf(server.url);
  await ask(server.url, 'create table kept as select 7 as answer');
  server.process.kill('SIGKILL');
  expect(await isGone(server.pid)).toBe(true);
  expect(await isGone(postmaster)).toBe(true);
  const again = await startPostgres(options);
  expect(await ask(again.url, 'select answer from kept')).toBe(7);
  await again.stop();
});

test('after kill -9 of the server itself, a postmaster.pid that names an unrelated live process does not prevent the next start', async () => {
  const dataDir = join(folder, 'crashed');
  const first = await startPostgres({ dataDir });
  await ask(first.url, 'create table kept as select 9 as answer');
  process.kill(await postmasterOf(first.url), 'SIGKILL');
  await first.stop();
  writeFileSync(join(dataDir, 'postmaster.pid'), [process.pid, dataDir, 1, 5432, '', '127.0.0.1', '', 'ready', ''].join('\n'));
  const second = await startPostgres({ dataDir });
  expect(second.owner).toBe(true);
  expect(await ask(second.url, 'select answer from kept')).toBe(9);
  await second.stop();
});

test('a draft left by a process killed during initdb neither breaks the next start nor stays behind', async () => {
  const dataDir = join(folder, 'halved');
  const options = { dataDir, durable: false };
  const child = spawn(process.execPath, ['--input-type=module', '-e', `
    import { startPostgres } from ${JSON.stringify(pathToFileURL(join(__dirname, '../dist/postgres.js')))};
    await startPostgres(${JSON.stringify(options)});`]);
  const drafts = (): string[] => readdirSync(folder).filter((name) => name.startsWith('halved.initdb-'));
  while (drafts().length === 0) await sleep(5);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(existsSync(dataDir)).toBe(false);
  const server = await startPostgres(options);
  expect(await ask(server.url, 'select 1')).toBe(1);
  await server.stop();
  expect(drafts()).toEqual([]);
});

test('a folder with other contents, and a platform without a PostgreSQL package on npm, are errors that name DATABASE_URL', async () => {
  const dataDir = join(folder, 'foreign');
  mkdirSync(dataDir);
  writeFileSync(join(dataDir, 'PG_VERSION'), '18');
  const refusal = { code: 'embedded.unavailable', message: expect.stringContaining('DATABASE_URL') as string };
  await expect(startPostgres({ dataDir })).rejects.toMatchObject(refusal);
  await expect(findBinaries('plan9', 'mips')).rejects.toMatchObject(refusal);
  expect(await works(['no-such-command'])).toBe(false);
});

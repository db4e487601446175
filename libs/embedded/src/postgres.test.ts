import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, realpath, rm, stat } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { findBinaries } from './binaries.js';
import { ensureDataFolder, removeDrafts } from './data-folder.js';
import { findIdentity, works } from './identity.js';
import { findLeash } from './leash.js';
import { openBinaries } from './open-binaries.js';
import { startPostgres } from './postgres.js';
import { serves } from './running.js';

let folder: string;
/** What initdb made, once: for most tests a copy will do. */
let initialised: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elucidate-embedded-'));
  initialised = join(folder, 'initialised');
  const [identity, leash] = [await findIdentity(), await findLeash()];
  await ensureDataFolder(initialised, { native: await openBinaries(await findBinaries(), identity), identity, leash, durable: false });
});
const prepared = async (name: string): Promise<string> => {
  const dataDir = join(folder, name);
  // with its owner
  await promisify(execFile)('cp', ['-a', initialised, dataDir]);
  return dataDir;
};
afterAll(() => rm(folder, { recursive: true, force: true }));

const ask = async (url: string, sql: string): Promise<unknown> => {
  const client = new pg.Client({ connectionString: url });
  // a server that ends reports that on every connection; the query fails of itself
  client.on('error', () => undefined);
  await client.connect();
  return client.query({ text: sql, rowMode: 'array' }).then(({ rows }) => rows[0]?.[0] as unknown).finally(() => client.end());
};

/** A process of its own that starts a server (the built library, as users run it), says its pid and url, and stays. */
async function startElsewhere(options: object, env: NodeJS.ProcessEnv = {}): Promise<{ process: ChildProcess; pid: number; url: string }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', `
    import { startPostgres } from ${JSON.stringify(pathToFileURL(join(__dirname, '../dist/postgres.js')))};
    const { pid, url, stop } = await startPostgres(${JSON.stringify(options)});
    console.log(JSON.stringify({ pid, url }));
    process.on('SIGTERM', () => stop().then(() => process.exit()));
    setInterval(() => undefined, 1000);`], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...env } });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { process: child, ...(JSON.parse(line.toString()) as { pid: number; url: string }) };
}

const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}`) || (process.platform !== 'linux' && spawnProbe(pid));
function spawnProbe(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Resolves when it is; for one that stays, the test ends by Jest's limit. */
const isGone = async (pid: number): Promise<boolean> => {
  while (isAlive(pid)) await sleep(25);
  return true;
};

const parentOf = async (pid: number): Promise<number> => Number((await promisify(execFile)('ps', ['-o', 'ppid=', '-p', String(pid)])).stdout);

const postmasterOf = (url: string): Promise<number> =>
  ask(url, `select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int`).then(Number);

const isLinux = process.platform === 'linux';
const root = process.getuid?.() === 0;
const identities = [
  ...(isLinux ? [{ leash: 'kernel' } as const] : []),
  { leash: 'none' } as const,
  ...(root && isLinux ? [{ leash: 'kernel', identity: 'nobody' } as const] : []),
];
// a server that was left behind is ended by the next process to start, so that "keeper, none" is the way of other systems
const leashes = (['server', 'keeper'] as const).flatMap((killed) => [...(isLinux ? [{ killed, leash: 'kernel' } as const] : []), { killed, leash: 'none' } as const]);

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
  const dataDir = await prepared('shared');
  const first = await startElsewhere({ dataDir, durable: false });
  const second = await startPostgres({ dataDir, durable: false });
  expect(second.url).toBe(first.url);
  await second.stop();
  expect(await ask(first.url, 'select 1')).toBe(1);
  first.process.kill('SIGKILL');
  expect(await isGone(first.pid)).toBe(true);
});

test.each(['SIGTERM', 'SIGKILL'] as const)('the server outlives the process that started it, ended by %s, while another uses it, and ends with the last', async (signal) => {
  const dataDir = await prepared(`outlived-${signal}`);
  const first = await startElsewhere({ dataDir, durable: false });
  const second = await startPostgres({ dataDir, durable: false });
  const client = new pg.Client({ connectionString: second.url });
  await client.connect();
  first.process.kill(signal);
  await once(first.process, 'exit');
  // its keeper has heard of that before one that comes now
  await (await startPostgres({ dataDir, durable: false })).stop();
  expect((await client.query<{ x: number }>('select 1 as x')).rows).toEqual([{ x: 1 }]);
  expect(await ask(second.url, 'select 2')).toBe(2);
  await client.end();
  await second.stop();
  expect(isAlive(second.pid)).toBe(false);
});

test.each(leashes)('after kill -9 of the $killed, one of those who use the server starts it again where the others look for it ($leash)', async ({ killed, leash }) => {
  const options = { dataDir: await prepared(`taken-over-${killed}-${leash}`), leash };
  const [first, second] = [await startElsewhere(options), await startElsewhere(options)];
  await ask(first.url, 'create table kept as select 5 as answer');
  process.kill(killed === 'server' ? first.pid : await parentOf(first.pid), 'SIGKILL');
  expect(await isGone(first.pid)).toBe(true);
  let answer: unknown;
  for (; answer === undefined; await sleep(25)) answer = await ask(second.url, 'select answer from kept').catch(() => undefined);
  expect(answer).toBe(5);
  const postmaster = await postmasterOf(first.url);
  for (const one of [first, second]) one.process.kill('SIGTERM');
  expect(await isGone(postmaster)).toBe(true);
});

test('a server on a machine that is too busy to answer at once is one that serves', async () => {
  const { url, stop } = await startPostgres({ dataDir: join(folder, 'busy'), durable: false });
  const { port, password } = new URL(url);
  // stands before the server, and lets nothing through for a while
  let connected: (socket: Socket) => void;
  const asked = new Promise<Socket>((resolve) => (connected = resolve));
  const proxy = createServer({ pauseOnConnect: true }, (socket) => connected(socket)).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'setInterval', 'queueMicrotask', 'performance', 'Date'] });
  const found = serves((proxy.address() as AddressInfo).port, { dataDir: await realpath(join(folder, 'busy')), password, patienceMs: 60_000 });
  const socket = await asked;
  jest.advanceTimersByTime(30_000);
  jest.useRealTimers();
  const server = connect(Number(port), '127.0.0.1');
  socket.pipe(server).pipe(socket);
  expect(await found).toBe(true);
  proxy.close();
  await stop();
});

test('a keeper that is frozen is waited for, and its server goes on', async () => {
  const dataDir = await prepared('frozen');
  const first = await startElsewhere({ dataDir, durable: false, leash: 'none' });
  const keeper = await parentOf(first.pid);
  process.kill(keeper, 'SIGSTOP');
  const said: string[] = [];
  const second = startPostgres({ dataDir, durable: false, leash: 'none', log: (line) => said.push(line) });
  let settled = false;
  const stopping = second.then(({ stop }) => stop, () => undefined).finally(() => (settled = true));
  try {
    const waits = (): boolean => said.some((line) => line.includes(`process ${keeper}, does not answer; waiting for it`));
    while (!waits() && !settled) await sleep(25);
    expect(waits()).toBe(true);
    expect(await ask(first.url, 'select 1')).toBe(1);
    process.kill(keeper, 'SIGCONT');
    expect(await second).toMatchObject({ url: first.url, pid: first.pid });
  } finally {
    if (isAlive(keeper)) process.kill(keeper, 'SIGCONT');
    first.process.kill('SIGKILL');
    await (await stopping)?.();
  }
  expect(await isGone(first.pid)).toBe(true);
});

test('a server in a folder with a non-ASCII name is found in the locale C', async () => {
  const server = await startPostgres({ dataDir: await prepared('données'), durable: false });
  try {
    const script = `import { findRunning } from ${JSON.stringify(pathToFileURL(join(__dirname, '../dist/running.js')))}; console.log(JSON.stringify(await findRunning(${JSON.stringify(await realpath(join(folder, 'données')))})));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { env: { ...process.env, LC_ALL: 'C' } });
    expect(JSON.parse(stdout)).toMatchObject({ pid: server.pid, status: 'ready', kept: true });
    expect(await postmasterOf(server.url)).toBe(server.pid);
  } finally {
    await server.stop();
  }
});

test('variables meant for another database, and an unknown option among them, do not reach this one', async () => {
  const dataDir = join(folder, 'other-variables');
  const others = { PGSSLMODE: 'require', PGOPTIONS: '-c nosuch.option=1 -c search_path=elsewhere', PGHOST: '/nowhere', PGPORT: '1', PGDATA: '/nowhere', PGSERVICE: 'nosuch', PGDATABASE: 'x', PGUSER: 'y', PGTZ: 'Mars' };
  const server = await startElsewhere({ dataDir, durable: false }, others);
  expect(await ask(server.url, `select current_setting('search_path')`)).toBe('"$user", public');
  server.process.kill('SIGKILL');
  expect(await isGone(server.pid)).toBe(true);
});

describe('a folder that another host has too', () => {
  /** Processes with a network and process ids of their own cannot reach the keeper, nor see the server: as on another machine. */
  const elsewhere = ['unshare', '--user', '--map-root-user', '--net', '--pid', '--fork', '--mount-proc'];
  const isolates = isLinux && spawnSync(elsewhere[0]!, [...elsewhere.slice(1), 'true']).status === 0;
  if (!isolates) console.warn('a folder that another host has too: not tested here, because this user may not make namespaces (unshare)');

  (isolates ? test : test.skip)('serves the host that came first; the other is refused, and harms nothing', async () => {
    const options = { dataDir: await prepared('two-hosts'), durable: false };
    const server = await startElsewhere(options);
    await ask(server.url, 'create table kept as select 9 as answer');
    const script = `import { startPostgres } from ${JSON.stringify(pathToFileURL(join(__dirname, '../dist/postgres.js')))}; await startPostgres(${JSON.stringify(options)});`;
    const { status, stderr } = spawnSync(elsewhere[0]!, [...elsewhere.slice(1), process.execPath, '--input-type=module', '-e', script], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([1, expect.stringMatching(/two-hosts runs on \S+, another machine or container, and serves only that one\. Set DATABASE_URL/)]);
    expect([await ask(server.url, 'select answer from kept'), await postmasterOf(server.url), isAlive(server.pid)]).toEqual([9, server.pid, true]);
    server.process.kill('SIGTERM');
    expect(await isGone(server.pid)).toBe(true);
    // its keeper leaves the folder when the server has ended
    while (existsSync(join(options.dataDir, 'elucidate.host'))) await sleep(25);
  });

  test('is taken over from one that has crashed and says nothing more', async () => {
    const options = { dataDir: await prepared('crashed-host'), durable: false };
    writeFileSync(join(options.dataDir, 'elucidate.host'), JSON.stringify({ name: 'gone', id: 'gone', token: 'x', beat: 3 }));
    const server = await startPostgres(options);
    expect(await ask(server.url, 'select 1')).toBe(1);
    expect(JSON.parse(readFileSync(join(options.dataDir, 'elucidate.host'), 'utf8'))).toMatchObject({ name: hostname() });
    await server.stop();
  });
});

test('two processes that start at once on an empty folder end up with one server', async () => {
  const options = { dataDir: join(folder, 'raced'), durable: false };
  const both = await Promise.all([startElsewhere(options), startElsewhere(options)]);
  expect(both[0]?.url).toBe(both[1]?.url);
  for (const one of both) one.process.kill('SIGKILL');
  for (const one of both) expect(await isGone(one.pid)).toBe(true);
  expect(readdirSync(folder).filter((name) => name.includes('initdb'))).toEqual([]);
});

test.each(identities)('no process is left after kill -9 of the one that started it, and the data survives ($leash $identity)', async (how) => {
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
  const dataDir = await prepared('crashed');
  const first = await startPostgres({ dataDir });
  await ask(first.url, 'create table kept as select 9 as answer');
  process.kill(await postmasterOf(first.url), 'SIGKILL');
  await first.stop();
  writeFileSync(join(dataDir, 'postmaster.pid'), [process.pid, dataDir, 1, 5432, '', '127.0.0.1', '', 'ready', ''].join('\n'));
  const second = await startPostgres({ dataDir });
  expect(await ask(second.url, 'select answer from kept')).toBe(9);
  await second.stop();
});

/** Kills a process that creates a data folder while it does; returns the folder. One that was done before the kill is not what is wanted: then there is another. */
async function halved(): Promise<string> {
  for (let count = 0; ; count++) {
    const dataDir = join(folder, `halved-${count}`);
    const child = spawn(process.execPath, ['--input-type=module', '-e', `
      import { startPostgres } from ${JSON.stringify(pathToFileURL(join(__dirname, '../dist/postgres.js')))};
      await startPostgres(${JSON.stringify({ dataDir, durable: false })});`]);
    while (draftsOf(dataDir).length === 0 && !existsSync(dataDir)) await sleep(5);
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    if (!existsSync(dataDir)) return dataDir;
  }
}

const draftsOf = (dataDir: string): string[] => readdirSync(folder).filter((name) => name.startsWith(`${basename(dataDir)}.initdb-`));

test('a draft left by a process killed during initdb neither breaks the next start nor stays behind', async () => {
  const dataDir = await halved();
  expect(draftsOf(dataDir)).not.toEqual([]);
  const server = await startPostgres({ dataDir, durable: false });
  expect(await ask(server.url, 'select 1')).toBe(1);
  await server.stop();
  expect(draftsOf(dataDir)).toEqual([]);
});

test('a draft is removed although its initdb writes for a moment longer', async () => {
  const dataDir = join(folder, 'written');
  const { pid } = spawnSync('true');
  const draft = `${dataDir}.initdb-${pid}-00000000`;
  mkdirSync(draft);
  let left = 200;
  const writing = setInterval(() => {
    if (--left === 0 || !existsSync(draft)) return clearInterval(writing);
    try {
      for (let i = 0; i < 50; i++) writeFileSync(join(draft, `${left}-${i}`), '');
    } catch {
      clearInterval(writing);
    }
  }, 1);
  await removeDrafts(dataDir, `${dataDir}.initdb-own`);
  clearInterval(writing);
  expect(draftsOf(dataDir)).toEqual([]);
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

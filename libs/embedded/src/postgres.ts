import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, realpath } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ElucidateError } from '@elucidate/experiment/errors';
import { findBinaries } from './binaries.js';
import { ensureDataFolder, readPassword } from './data-folder.js';
import { findIdentity, type Identity } from './identity.js';
import { openBinaries } from './open-binaries.js';
import { findLeash, spawnLeashed, type Leash } from './leash.js';
import { ensureDatabase, findRunning, serves, urlOf } from './running.js';

export interface PostgresOptions {
  /** Created on first use. The server's log is next to it: `<dataDir>.log`. */
  dataDir: string;
  /** On 127.0.0.1; by default any free port. */
  port?: number;
  /** Receives what the launcher does, line by line. */
  log?: (line: string) => void;
  /** false: no fsync, so a machine crash may lose everything. For tests. */
  durable?: boolean;
  /** Detected by default. */
  identity?: Identity;
  leash?: Leash;
}

export interface Postgres {
  /** Contains the password: never print it. */
  url: string;
  /** The server's process; under `guard`, the guard's. */
  pid: number;
  /** false: another elucidate process runs this server, and stops it when it ends. */
  owner: boolean;
  /** Resolves once the server has ended. Does nothing if `owner` is false. */
  stop(): Promise<void>;
}

const startTimeoutMs = 60_000;

/** Starts a private PostgreSQL 18, or finds the one that another process already runs on the same data. It ends with this process, however that ends. Throws 'embedded.unavailable'. */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const [identity, leash] = [options.identity ?? (await findIdentity()), options.leash ?? (await findLeash())];
  const native = await openBinaries(await findBinaries(), identity);
  await ensureDataFolder(resolve(options.dataDir), { native, identity, leash, durable: options.durable ?? true });
  const dataDir = await realpath(options.dataDir);
  const password = await readPassword(dataDir);
  const deadline = Date.now() + startTimeoutMs;
  let failure = 'the server of another process neither answered nor ended';
  for (let launches = 0; Date.now() < deadline && launches < 5;) {
    const running = await findRunning(dataDir);
    if (running === null) {
      launches++;
      const launched = await launch({ ...options, dataDir }, { native, identity, leash, password });
      if (typeof launched !== 'string') return launched;
      failure = launched;
    } else {
      const url = urlOf(running.port, password);
      if (running.status === 'ready' && (await serves(url, dataDir))) {
        options.log?.(`postgres: already running on port ${running.port}`);
        return { url, pid: running.pid, owner: false, stop: () => Promise.resolve() };
      }
    }
    await sleep(50);
  }
  throw new ElucidateError('embedded.unavailable', `PostgreSQL did not start on ${dataDir}: ${failure}; see ${dataDir}.log, or set DATABASE_URL`);
}

interface Launch {
  native: string;
  identity: Identity;
  leash: Leash;
  password: string;
}

/** One try. Returns a string with the reason if it failed: another process was faster, the port was taken. */
async function launch(options: PostgresOptions, { native, identity, leash, password }: Launch): Promise<Postgres | string> {
  const { dataDir, log } = options;
  const port = options.port ?? (await freePort());
  const output = await open(`${dataDir}.log`, 'a', 0o600);
  const child = spawnLeashed([join(native, 'bin', 'postgres'), '-D', dataDir, ...settings(port, options.durable ?? true)], { identity, leash, output: output.fd });
  const ended = once(child, 'exit').catch(() => undefined);
  await output.close();
  if (!(await isReady(child, dataDir, port))) {
    await stop(child, ended);
    return (await readFile(`${dataDir}.log`, 'utf8').catch(() => '')).trim().split('\n').slice(-2).join(' ') || 'it wrote nothing';
  }
  await ensureDatabase(port, password);
  log?.(`postgres: listening on 127.0.0.1:${port}, data in ${dataDir}`);
  return { url: urlOf(port, password), pid: child.pid ?? 0, owner: true, stop: () => stop(child, ended) };
}

const settings = (port: number, durable: boolean): string[] =>
  ['-k', '', ...Object.entries({
    port, listen_addresses: '127.0.0.1', max_connections: 200, timezone: 'UTC', log_timezone: 'UTC',
    ...(!durable && { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`])];

/** Like pg_ctl, waits for "ready" in postmaster.pid or for the process to end. */
async function isReady(child: ChildProcess, dataDir: string, port: number): Promise<boolean> {
  for (const deadline = Date.now() + startTimeoutMs; Date.now() < deadline; await sleep(20)) {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return false;
    const lines = (await readFile(join(dataDir, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
    if (Number(lines[3]) === port && lines[7]?.trim() === 'ready') return true;
  }
  return false;
}

/** SIGINT ends sessions and writes a checkpoint. After ten seconds SIGQUIT, from which the next start recovers. */
async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGINT');
  const timer = setTimeout(() => child.kill('SIGQUIT'), 10_000);
  await ended;
  clearTimeout(timer);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

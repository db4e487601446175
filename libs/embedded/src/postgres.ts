import { realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ElucidateError } from '@elucidate/experiment/errors';
import { findBinaries } from './binaries.js';
import { ensureDataFolder, readPassword } from './data-folder.js';
import { dropPostgresVariables } from './environment.js';
import { freePort } from './free-port.js';
import { otherHost, thisHost, type Host } from './host.js';
import { findIdentity, type Identity } from './identity.js';
import { holdServer, lastPort, launchKeeper, livingKeeper, type Hold } from './keeper.js';
import { lasting } from './lasting.js';
import { findLeash, leashed, type Leash } from './leash.js';
import { openBinaries } from './open-binaries.js';
import { findRunning, serves, urlOf } from './running.js';

export interface PostgresOptions {
  /** Created on first use. The server's log is next to it: `<dataDir>.log`. */
  dataDir: string;
  /** On 127.0.0.1; by default the one it had last, or any free port. */
  port?: number;
  /** Receives what the launcher does, line by line. */
  log?: (line: string) => void;
  /** false: no fsync, so a machine crash may lose everything. For tests. */
  durable?: boolean;
  /** Detected by default. */
  identity?: Identity;
  leash?: Leash;
  host?: Host;
}

export interface Postgres {
  /** Contains the password: never print it. */
  url: string;
  /** The server's process. */
  pid: number;
  /** Uses the server no more. Resolves at once if other processes use it, else when it has ended. */
  stop(): Promise<void>;
}

const startTimeoutMs = 60_000;
/** A server without a keeper that has not ended by then was left behind. */
const orphanMs = 3000;

interface Place {
  dataDir: string;
  password: string;
  host: Host;
  command(port: number): string[];
  log(line: string): void;
}

/**
 * A private PostgreSQL 18: starts it, or joins the processes that use it already. It runs while any of them does, whichever came first, and ends with the
 * last, however that ends. If the server itself is killed, one of them starts it again on the same port. Removes variables such as PGHOST from this
 * process: they are meant for another database. Throws 'embedded.unavailable',
 * also if another host that shares the folder runs the server.
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  dropPostgresVariables();
  const place = await preparePlace(options);
  let hold = await joinOrLaunch(place, options.port);
  const { pid, port } = hold;
  place.log(`postgres: on 127.0.0.1:${port}, data in ${place.dataDir}`);
  let stopped = false;
  const keep = async (): Promise<void> => {
    for (;;) {
      await hold.lost;
      if (stopped) return;
      place.log(`postgres: the server on port ${port} has ended; starting it again`);
      hold = await joinAgain(place, port, () => stopped);
      if (stopped) return hold.leave();
    }
  };
  void keep().catch(() => undefined);
  return {
    url: urlOf(port, place.password), pid,
    stop: async () => {
      stopped = true;
      await hold.leave();
    },
  };
}

async function preparePlace(options: PostgresOptions): Promise<Place> {
  const [identity, leash] = [options.identity ?? (await findIdentity()), options.leash ?? (await findLeash())];
  const native = await openBinaries(await findBinaries(), identity);
  const durable = options.durable ?? true;
  await ensureDataFolder(resolve(options.dataDir), { native, identity, leash, durable });
  const dataDir = await realpath(options.dataDir);
  return {
    dataDir, host: options.host ?? thisHost(), password: await readPassword(dataDir), log: options.log ?? (() => undefined),
    command: (port) => leashed([join(native, 'bin', 'postgres'), '-D', dataDir, ...settings(port, durable)], { identity, leash }),
  };
}

async function joinOrLaunch(place: Place, port: number | undefined): Promise<Hold> {
  const { dataDir } = place;
  let failure = 'the server of another process neither answered nor ended';
  const leftBehind = lasting(orphanMs);
  let silent: number | null = null;
  const deadline = Date.now() + startTimeoutMs;
  const answers = (port: number): Promise<boolean> => serves(port, { ...place, patienceMs: deadline - Date.now() });
  for (let launches = 0; Date.now() < deadline && launches < 5; await sleep(50)) {
    const held = await holdServer(dataDir);
    if (held !== null) {
      leftBehind(null, Date.now());
      if (await answers(held.port)) return held;
      await held.leave();
      continue;
    }
    const other = await otherHost(dataDir, place.host);
    if (other !== null) throw new ElucidateError('embedded.unavailable', `The PostgreSQL in ${dataDir} runs on ${other}, another machine or container, and serves only that one. Set DATABASE_URL to a PostgreSQL that both reach, or give this one an ELUCIDATE_HOME of its own`);
    const running = await findRunning(dataDir);
    if (running === null) {
      launches++;
      const wanted = port ?? (await freePort(await lastPort(dataDir)));
      const launched = await launchKeeper({ dataDir, port: wanted, command: place.command(wanted), host: place.host });
      if (typeof launched === 'string') failure = launched;
      else if (await answers(launched.port)) return launched;
      else await launched.leave();
      continue;
    }
    const keeper = await livingKeeper(dataDir);
    if (keeper !== null && silent !== keeper) {
      // frozen, or on a machine too busy to answer: others use its server
      silent = keeper;
      failure = `its keeper, process ${keeper}, does not answer; if it is stopped, continue it or end it`;
      place.log(`postgres: the keeper of ${dataDir}, process ${keeper}, does not answer; waiting for it`);
    }
    const unkept = keeper === null && running.status === 'ready' && !running.kept;
    if (leftBehind(unkept ? running.pid : null, Date.now())) endOrphan(running.pid);
  }
  throw new ElucidateError('embedded.unavailable', `PostgreSQL did not start on ${dataDir}: ${failure}; see ${dataDir}.log, or set DATABASE_URL`);
}

/** After the server was lost: tries until it serves again on the same port, where this process's connections look for it. */
async function joinAgain(place: Place, port: number, stopped: () => boolean): Promise<Hold> {
  for (;;) {
    try {
      const hold = await joinOrLaunch(place, port);
      if (hold.port !== port) place.log(`postgres: runs on port ${hold.port} now, not on ${port}; restart this process`);
      return hold;
    } catch (error) {
      if (stopped()) throw error;
      place.log((error as Error).message);
      await sleep(1000, undefined, { ref: false });
    }
  }
}

/** A server whose keeper was killed where the kernel does not end it; those who used it start it again. */
function endOrphan(pid: number): void {
  try {
    process.kill(pid, 'SIGINT');
  } catch {
    // it has just ended
  }
}

const settings = (port: number, durable: boolean): string[] =>
  ['-k', '', ...Object.entries({
    port, listen_addresses: '127.0.0.1', max_connections: 200, timezone: 'UTC', log_timezone: 'UTC',
    ...(!durable && { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`])];

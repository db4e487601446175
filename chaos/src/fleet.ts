import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startApp, type AppProcess } from '@elucidate/e2e/app-process';
import { openDatabase, type Database } from './database.js';
import type { PostgresFaults, PostgresServer } from './postgres-server.js';
import { childrenOf, signalTo } from './processes.js';
import type { RedisServer } from './redis-server.js';

/** Seconds of a lease in an attacked fleet. */
export const leaseS = 4;

export type Worker = AppProcess<{ type: 'ready'; engine: string }>;
export type Api = AppProcess<{ type: 'listening'; url: string }>;

/** How one worker of the fleet is started; everything is added to what all workers have. */
export interface WorkerStart {
  args?: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** A command that becomes the worker, for a place of its own: a namespace, a mount. */
  through?: readonly string[];
}

/** A running installation: real processes, a database and a folder of its own. */
export interface Fleet {
  home: string;
  database: Database;
  postgres: PostgresFaults | undefined;
  /** Absent: the queue is in PostgreSQL. */
  redis: RedisServer | undefined;
  workers: Worker[];
  /** The address of the API, the same however often it is started. */
  api(): Api;
  startApi(): Promise<void>;
  startWorker(start?: WorkerStart): Promise<Worker>;
  /** Sweeps that the API has accepted. */
  accepted: Set<string>;
  /** Everything that its workers have written, also those that have ended. */
  logs(): string[];
  /** Ends every process, frozen ones too. */
  stop(): Promise<void>;
  /** Removes database and folder. */
  remove(): Promise<void>;
}

export interface FleetOptions {
  server: PostgresServer;
  redis?: RedisServer | undefined;
}

const workerArgs = ['--slots', '1', '--backend', 'simd', '--threads', '1', '--lease-seconds', `${leaseS}`, '--checkpoint-seconds', '0.2', '--json'];
/** How long a process may take to stop before it is killed. */
const graceMs = 20_000;

export async function openFleet({ server, redis }: FleetOptions): Promise<Fleet> {
  const home = await mkdtemp(join(tmpdir(), 'elucidate-chaos-'));
  const database = await openDatabase();
  const env = { ...process.env, DATABASE_URL: database.url, ELUCIDATE_HOME: home, ELUCIDATE_ARTIFACTS: '', PORT: '0', REDIS_URL: redis?.url ?? '', RATE_LIMIT: '0' };
  const started: AppProcess<unknown>[] = [];
  const all: Worker[] = [];
  let api: Api | undefined;
  const fleet: Fleet = {
    home, database, redis, postgres: server.faults, workers: [], accepted: new Set(),
    api: () => api!,
    startApi: async () => void started.push((api = await startApp('api', { env }))),
    startWorker: async ({ args = [], env: more = {}, through = [] } = {}) => {
      const worker: Worker = await startApp('worker', { args: [...workerArgs, ...args], env: { ...env, ...more }, through });
      started.push(worker);
      all.push(worker);
      fleet.workers.push(worker);
      return worker;
    },
    logs: () => all.map((worker) => worker.output()),
    stop: async () => void (await Promise.all(started.splice(0).map(end))),
    remove: async () => {
      await database.drop();
      await rm(home, { recursive: true, force: true });
    },
  };
  return fleet;
}

/** Continues a process that may be frozen, with its children, sends it SIGTERM, and kills it if it does not end. */
async function end({ pid, end: send, ended }: AppProcess<unknown>): Promise<void> {
  const frozen = await childrenOf(pid);
  for (const one of [pid, ...frozen]) signalTo(one, 'SIGCONT');
  const stopped = await Promise.race([send('SIGTERM').then(() => true), sleep(graceMs, false, { ref: false })]);
  if (stopped) return;
  for (const one of [pid, ...(await childrenOf(pid))]) signalTo(one, 'SIGKILL');
  await ended;
}

import { fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { ElucidateError } from '@elucidate/experiment/errors';
import { peerTable, type PeerName, type PeerTask } from './peer-table.js';
import { rateOf } from './rate.js';
import type { Servers } from './servers.js';

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
/** Debian's packages are those of the system's Python, whichever else is first on the PATH. */
const findOptuna = (): string | undefined => ['/usr/bin/python3', 'python3'].find((python) => spawnSync(python, ['-c', 'import optuna, psycopg2']).status === 0);
const isInstalled = (name: string): boolean => {
  try {
    return createRequire(import.meta.url).resolve(name) !== '';
  } catch {
    return false;
  }
};
const packageOf: Readonly<Partial<Record<PeerName, string>>> = { 'graphile-worker': 'graphile-worker', 'graphile-worker-batched': 'graphile-worker', dbos: '@dbos-inc/dbos-sdk' };

/** Why a peer cannot be measured here, with what would help; null if it can. */
export function whyNot(peer: PeerName, { redis }: Pick<Servers, 'redis'>): string | null {
  const name = packageOf[peer];
  if (name !== undefined && !isInstalled(name)) return `${name} is not installed; run \`npm ci\``;
  if (peer === 'optuna' && findOptuna() === undefined) return 'needs Optuna and psycopg2 (apt install python3-optuna python3-psycopg2)';
  if (peerTable[peer].needsRedis && redis === null) return 'needs redis-server';
  return null;
}

async function timesOf(peer: PeerName, task: PeerTask): Promise<number[]> {
  const written: string[] = [];
  const keep = (chunk: Buffer): void => void written.push(String(chunk));
  const failed = (): never => {
    throw new ElucidateError('stage.crashed', `${peerTable[peer].title} ended without a result: ${written.join('').trim().slice(-1000) || 'it said nothing'}`);
  };
  if (peer === 'optuna') {
    const child = spawn(findOptuna()!, [file('../../optuna_grid.py'), task.databaseUrl, `${task.jobs}`, `${task.slots}`]);
    const lines: string[] = [];
    child.stdout.on('data', (chunk: Buffer) => lines.push(String(chunk)));
    child.stderr.on('data', keep);
    const [code] = await once(child, 'close');
    return code === 0 ? (JSON.parse(lines.join('')) as number[]) : failed();
  }
  const child = fork(file('peer-process.js'), [peer, JSON.stringify(task)], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  child.stderr?.on('data', keep);
  let times: number[] | undefined;
  child.on('message', (message: { times: number[] }) => { times = message.times; });
  await once(child, 'exit');
  return times ?? failed();
}

/** Jobs that do nothing per second, on an empty database: those between the first tenth and the last. */
export async function measurePeer(servers: Servers, peer: PeerName, { jobs, slots }: Pick<PeerTask, 'jobs' | 'slots'>): Promise<number> {
  const database = await servers.createDatabase();
  await servers.redis?.flush();
  try {
    const times = await timesOf(peer, { databaseUrl: database.url, redisUrl: servers.redis?.url ?? null, jobs, slots });
    return rateOf(times, { from: Math.floor(jobs / 10), to: Math.floor(0.9 * jobs) });
  } finally {
    await database.drop();
  }
}

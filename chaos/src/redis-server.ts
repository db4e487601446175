import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@elucidate/e2e/eventually';
import { freePort } from '@elucidate/embedded/free-port';

/** A private Redis without persistence: killed, it has forgotten everything. */
export interface RedisServer {
  url: string;
  pid(): number;
  /** How many keys it holds. */
  keys(): Promise<number>;
  flush(): Promise<void>;
  /** Keeps a copy of what it holds now, with which it comes back from then on. */
  save(): Promise<void>;
  /** Forgets that copy. */
  forget(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** Starts it on the same port. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export const redisIsInstalled = (): boolean => spawnSync('redis-server', ['--version']).error === undefined;

export async function openRedisServer(): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'elucidate-chaos-redis-'));
  const port = await freePort();
  let server: ChildProcess;
  const start = async (): Promise<void> => {
    server = spawn('redis-server', ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--dir', folder], { stdio: 'ignore' });
    await eventually('Redis', () => command(port, 'PING').then((answer) => answer.startsWith('+PONG'), () => false), 60_000);
  };
  const kill = async (): Promise<void> => {
    const ended = server.exitCode !== null || server.signalCode !== null || once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  };
  await start();
  return {
    url: `redis://127.0.0.1:${port}`, start, kill, pid: () => server.pid ?? 0,
    keys: async () => Number((await command(port, 'DBSIZE')).slice(1)),
    flush: async () => void (await command(port, 'FLUSHALL')),
    save: async () => void (await command(port, 'SAVE')),
    forget: () => rm(join(folder, 'dump.rdb'), { force: true }),
    stop: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The answer to one inline command. */
async function command(port: number, line: string): Promise<string> {
  const socket = connect(port, '127.0.0.1').setTimeout(5000, () => socket.destroy(new Error(`Redis did not answer ${line}`)));
  try {
    await once(socket, 'connect');
    socket.write(`${line}\r\n`);
    return String((await once(socket, 'data'))[0]);
  } finally {
    socket.destroy();
  }
}

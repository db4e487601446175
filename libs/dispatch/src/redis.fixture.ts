import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { onFreePort } from './on-free-port.fixture.js';

export interface TestRedis {
  url: Promise<string>;
  flush(): Promise<void>;
  /** Stops or continues the server's process; only a private one. */
  signal(name: NodeJS.Signals): void;
  stop(): Promise<void>;
}

/** A private redis-server, which is started when it is first asked for, or the one at ELUCIDATE_TEST_REDIS, which it empties. Null: there is neither, and with `ELUCIDATE_REQUIRE_REDIS=1` that is an error. */
export function startRedis(): TestRedis | null {
  const given = process.env['ELUCIDATE_TEST_REDIS'];
  if (given) return redisAt(() => Promise.resolve(given), { stop: () => undefined, signal: () => undefined });
  if (spawnSync('redis-server', ['--version']).error) {
    if (process.env['ELUCIDATE_REQUIRE_REDIS'] === '1') throw new Error('No redis-server on PATH and no ELUCIDATE_TEST_REDIS, and ELUCIDATE_REQUIRE_REDIS=1 requires one');
    return null;
  }
  const folder = mkdtempSync(join(tmpdir(), 'elucidate-redis-'));
  let server: ChildProcess | undefined;
  const start = (): Promise<string> => onFreePort((port) => (server = spawn('redis-server', ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--dir', folder], { stdio: 'ignore' })))
    .then((port) => `redis://127.0.0.1:${port}`);
  let url: Promise<string> | undefined;
  return redisAt(() => (url ??= start()), {
    stop: () => {
      server?.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
    signal: (name) => void server?.kill(name),
  });
}

function redisAt(url: () => Promise<string>, { stop, signal }: { stop(): void; signal(name: NodeJS.Signals): void }): TestRedis {
  let client: Redis | undefined;
  const connected = async (): Promise<Redis> => (client ??= new Redis(await url(), { retryStrategy: () => 50 }).on('error', () => undefined));
  return {
    get url() { return url(); },
    signal,
    flush: async () => void (await (await connected()).flushall()),
    stop: async () => {
      await client?.quit();
      stop();
    },
  };
}

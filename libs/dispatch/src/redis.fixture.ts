import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';

export interface TestRedis {
  url: Promise<string>;
  flush(): Promise<void>;
  stop(): Promise<void>;
}

/** A private redis-server, or the one at ELUCIDATE_TEST_REDIS, which it empties; null if there is neither. */
export function startRedis(): TestRedis | null {
  const given = process.env['ELUCIDATE_TEST_REDIS'];
  if (given) return redisAt(Promise.resolve(given), () => undefined);
  if (spawnSync('redis-server', ['--version']).error) return null;
  const folder = mkdtempSync(join(tmpdir(), 'elucidate-redis-'));
  const stopped: (() => void)[] = [];
  const url = freePort().then((port) => {
    const server = spawn('redis-server', ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--dir', folder], { stdio: 'ignore' });
    stopped.push(() => server.kill('SIGKILL'));
    return `redis://127.0.0.1:${port}`;
  });
  return redisAt(url, () => {
    for (const stop of stopped) stop();
    rmSync(folder, { recursive: true, force: true });
  });
}

function redisAt(url: Promise<string>, stop: () => void): TestRedis {
  let client: Redis | undefined;
  const connected = async (): Promise<Redis> => (client ??= new Redis(await url, { retryStrategy: () => 50 }).on('error', () => undefined));
  return {
    url,
    flush: async () => void (await (await connected()).flushall()),
    stop: async () => {
      await client?.quit();
      stop();
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

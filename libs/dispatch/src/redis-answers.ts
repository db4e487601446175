import { ElucidateError } from '@elucidate/experiment/errors';
import { Redis } from 'ioredis';

const patienceMs = 5000;

/** Connects to a Redis and asks for its version. Throws 'queue.unreachable', which names the place but no password. */
export async function redisVersion(url: string): Promise<string> {
  const client = new Redis(url, { lazyConnect: true, connectTimeout: patienceMs, commandTimeout: patienceMs, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  let reason: Error | undefined;
  client.on('error', (error) => (reason ??= error));
  try {
    await client.connect();
    return /redis_version:(\S+)/.exec(await client.info('server'))?.[1] ?? 'of unknown version';
  } catch (cause) {
    const { hostname = '', port = '' } = URL.canParse(url) ? new URL(url) : {};
    throw new ElucidateError('queue.unreachable', `No Redis answers at ${hostname}:${port || 6379} (${(reason ?? (cause as Error)).message}); check REDIS_URL and that the server runs`, { cause });
  } finally {
    client.disconnect();
  }
}

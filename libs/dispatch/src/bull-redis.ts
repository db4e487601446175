import { setTimeout as sleep } from 'node:timers/promises';
import { createRedisBackend, Queue, Worker, type BackendFactory } from 'bullmq';
import { Redis } from 'ioredis';
import { kindOfQueue, queueName, stalledOptions, within, workerOptions, type BullBackend, type BullQueue, type BullWorker, type JobNews } from './bull-backend.js';

/** How long to wait for a Redis that is not connected, and for an answer of one that is. */
const [connectMs, operationMs] = [1000, 5000];
/** After it did not answer, it is left alone for this long. */
const awayMs = 1000;
/** Without news all kinds are looked at again after this long. */
const askAgainSeconds = 5;

/** BullMQ's blocking connection for each worker is its default; ours is one for all kinds. */
const withoutBlocking: BackendFactory = (name, options) => createRedisBackend(name, options, {});

/** BullMQ on Redis, under keys of this installation only. A Redis that is not there is connected to when it is. */
export function openRedisBackend(url: string, installation: string, onError: (error: Error) => void): BullBackend {
  // braces: all keys in one slot of a Redis Cluster
  const prefix = `{elucidate-${installation}}`;
  // what is asked for at the same time travels together
  const redis = new Redis(url, { enableAutoPipelining: true, maxRetriesPerRequest: null, commandTimeout: operationMs, connectTimeout: operationMs, retryStrategy: (times) => Math.min(times * 100, 2000) });
  redis.setMaxListeners(0);
  redis.on('error', onError);
  const options = { connection: redis, prefix };

  // one who writes many batches does not wait for each
  let awayUntil = -Infinity;
  // one listener for all who wait, however long Redis is away
  let ready: Promise<unknown> | undefined;
  const connected = async (): Promise<void> => {
    if (redis.status === 'ready') return;
    ready ??= new Promise((resolve) => redis.once('ready', resolve)).finally(() => {
      ready = undefined;
    });
    await within(connectMs, ready, 'Redis');
  };
  return {
    name: 'BullMQ on Redis',
    queue: (kind) => new Queue(queueName(kind), { ...options, ...stalledOptions } as never) as unknown as BullQueue,
    worker: (kind) => new Worker(queueName(kind), null, { ...options, ...workerOptions }, withoutBlocking as never) as unknown as BullWorker,
    present: async (kind, ids) => {
      const pipeline = redis.pipeline();
      for (const id of ids) pipeline.exists(`${prefix}:${queueName(kind)}:${id}`);
      const answers = (await pipeline.exec()) ?? [];
      return new Set(ids.filter((_, i) => {
        const [error, found] = answers[i] ?? [];
        if (error) throw error;
        return found === 1;
      }));
    },
    run: async (operation) => {
      if (performance.now() < awayUntil) throw new Error('Redis did not answer a moment ago');
      try {
        await connected();
        return await within(operationMs, operation(), 'Redis');
      } catch (error) {
        awayUntil = performance.now() + awayMs;
        throw error;
      }
    },
    listen: () => listenToRedis(redis, prefix, onError),
    close: async () => redis.disconnect(),
  };
}

/** Waits for the markers that BullMQ leaves where a job was added, those of all kinds on one connection. */
function listenToRedis(redis: Redis, prefix: string, onError: (error: Error) => void): JobNews {
  const blocking = redis.duplicate({ commandTimeout: undefined as never, enableAutoPipelining: false });
  blocking.on('error', onError);
  let closed = false;
  // a marker is for one who waits: a wait that is given up here goes on for the next call
  let waiting: Promise<readonly [string, string, string] | null> | undefined;
  return {
    async next(kinds, signal) {
      const keys = kinds.map((kind) => `${prefix}:${queueName(kind)}:marker`);
      waiting ??= within((askAgainSeconds + 5) * 1000, blocking.bzpopmin(keys, askAgainSeconds) as Promise<[string, string, string] | null>, 'Redis').catch((error: unknown) => {
        // of a connection that is closed already, ioredis would wait for its end for two seconds
        if (!closed) blocking.disconnect(true);
        throw error;
      }).finally(() => {
        waiting = undefined;
      });
      const over = new AbortController();
      const stopped = sleep(2 ** 31 - 1, 'stopped' as const, { signal: AbortSignal.any([signal, over.signal]) }).catch(() => 'stopped' as const);
      const found = await Promise.race([waiting, stopped]).finally(() => over.abort());
      if (found === 'stopped') return [];
      const kind = found && kindOfQueue(found[0].slice(prefix.length + 1, -':marker'.length));
      return kind ? [kind] : kinds;
    },
    close: async () => {
      closed = true;
      blocking.disconnect();
    },
  };
}

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { contentId } from '@elucidate/experiment/canonical';
import { freePort } from '@elucidate/embedded/free-port';
import { stageKinds } from '@elucidate/experiment/stages';
import { Redis } from 'ioredis';
import pg from 'pg';
import { openBullQueue } from './bull.js';
import type { BullBackend } from './bull-backend.js';
import { openPostgresBackend } from './bull-postgres.js';
import { openRedisBackend } from './bull-redis.js';
import { until } from './conformance.fixture.js';
import { computeDigest } from './execute.fixture.js';
import { installationId } from './installation-id.js';
import { hasPgBouncer, startPgBouncer } from './pgbouncer.fixture.js';
import type { Queue, QueueJob } from './queue.js';
import { startRedis } from './redis.fixture.js';
import { openTestStore, type TestStore } from './store.fixture.js';
import { runWorker } from './work.js';

let database: TestStore;
const opened: Queue[] = [];
beforeAll(async () => { database = await openTestStore(); });
afterAll(() => database.close());
afterEach(async () => { await Promise.all(opened.splice(0).map((queue) => queue.close())); });

async function open(options: Partial<Parameters<typeof openBullQueue>[0]> = {}): Promise<Queue> {
  const queue = await openBullQueue({ databaseUrl: database.url, ...options });
  opened.push(queue);
  return queue;
}

const job = (): QueueJob => ({ stageId: contentId(randomUUID()), kind: 'train', token: 0, position: 0 });

/** A consumer of a queue; `taken` are the stages of its jobs. */
function consumer(queue: Queue): { taken: string[] } {
  const taken: string[] = [];
  queue.consume({ kinds: stageKinds, slots: 2, handler: async ({ stageId }) => void taken.push(stageId), onError: () => undefined });
  return { taken };
}

/** Rejects unless the promise settles in time: long enough for a busy machine, where something would wait for a server without end. */
const soon = <T>(promise: Promise<T>, ms = 240_000): Promise<T> => Promise.race([promise, sleep(ms, undefined, { ref: false }).then(() => Promise.reject(new Error(`nothing within ${ms} ms`)))]);

/** Takes a job as a worker does that then dies, or freezes, before it removes it from the queue; `unlock` lets its lock pass. */
async function takeAndDie(backend: BullBackend, queue: Queue, unlock: () => Promise<unknown>): Promise<QueueJob> {
  const one = job();
  await queue.add([one]);
  const worker = backend.worker('train');
  await until(async () => (await worker.getNextJob(randomUUID(), { block: false })) !== undefined);
  await worker.close();
  await backend.close();
  await unlock();
  return one;
}

describe('BullMQ on PostgreSQL', () => {
  const sql = async (text: string): Promise<unknown[]> => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    return (await client.query(text).finally(() => client.end())).rows;
  };

  test.each([
    ['the schema', 'drop schema bullmq cascade'],
    ['a table', 'drop table bullmq.job cascade'],
    ['the functions', `do $$ declare f record; begin for f in select oid::regprocedure as name from pg_proc where pronamespace = 'bullmq'::regnamespace loop execute 'drop function ' || f.name || ' cascade'; end loop; end $$`],
  ])('goes on after somebody dropped %s of its queue', async (_, drop) => {
    const queue = await open();
    const { taken } = consumer(queue);
    const [first, second] = [job(), job()];
    await queue.add([first]);
    await until(() => taken.includes(first.stageId));
    await sql(drop);
    await queue.add([second]);
    await until(() => taken.includes(second.stageId));
    expect(await queue.depth()).toMatchObject({ train: 0 });
  });

  test('a job in the hands of a worker that died waits again as soon as its lock has passed', async () => {
    const queue = await open();
    const one = await takeAndDie(await openPostgresBackend(database.url, () => undefined), queue, () => sql('update bullmq.job set locked_until_ms = 1'));
    await until(async () => (await queue.lacking([one])).length === 0 && (await queue.depth()).train === 1);
  });

  test('an idle worker holds at most five connections, one of which listens', async () => {
    const queue = await open();
    const stopping = new AbortController();
    const working = runWorker({ store: database.store, queue, home: database.home, execute: computeDigest, workerId: 'idle', kinds: stageKinds, slots: 2, engine: 'test', signal: stopping.signal, log: () => undefined });
    const connections = () => sql(`select query from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`) as Promise<{ query: string }[]>;
    await until(async () => (await connections()).some(({ query }) => query.startsWith('listen')));
    await until(async () => (await connections()).length <= 5);
    expect((await connections()).filter(({ query }) => query.toLowerCase().startsWith('listen'))).toHaveLength(1);
    stopping.abort();
    await working;
  });

  test('listens again when its connection was cut', async () => {
    const queue = await open();
    const { taken } = consumer(queue);
    await until(async () => (await sql(`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'listen%'`)).length > 0);
    const one = job();
    await queue.add([one]);
    await until(() => taken.includes(one.stageId));
  });

  if (!hasPgBouncer) console.warn('queue: PgBouncer is not tested here: no pgbouncer on PATH or in /usr/sbin (apt-get install pgbouncer)');
  (hasPgBouncer ? describe : describe.skip)('behind PgBouncer', () => {
    test('works through one that keeps sessions', async () => {
      const bouncer = await startPgBouncer(database.url, 'session');
      const queue = await open({ databaseUrl: bouncer.url });
      const { taken } = consumer(queue);
      const one = job();
      await queue.add([one]);
      await until(() => taken.includes(one.stageId));
      await opened.pop()?.close();
      bouncer.stop();
    });

    test('names one in transaction mode, and works with an address of its own', async () => {
      const bouncer = await startPgBouncer(database.url, 'transaction');
      await expect(open({ databaseUrl: bouncer.url })).rejects.toMatchObject({ code: 'queue.unreachable', message: expect.stringContaining('QUEUE_DATABASE_URL') as string });
      const queue = await open({ databaseUrl: bouncer.url, queueUrl: database.url });
      const { taken } = consumer(queue);
      const one = job();
      await queue.add([one]);
      await until(() => taken.includes(one.stageId));
      bouncer.stop();
    });
  });
});

describe('BullMQ on Redis', () => {
  test('that was never there answers soon and can be closed', async () => {
    const queue = await open({ redisUrl: `redis://127.0.0.1:${await freePort()}` });
    consumer(queue);
    await expect(soon(queue.add([job()]))).rejects.toMatchObject({ code: 'queue.unreachable' });
    await expect(soon(queue.depth())).rejects.toMatchObject({ code: 'queue.unreachable' });
    await soon(queue.close());
  });

  test('that is away is waited for by a few listeners, however many calls there are', async () => {
    const queue = await open({ redisUrl: `redis://127.0.0.1:${await freePort()}` });
    const once = jest.spyOn(Redis.prototype, 'once');
    await Promise.allSettled(Array.from({ length: 300 }, () => soon(queue.add([job()]))));
    const listeners = once.mock.calls.filter(([event]) => event === 'ready').length;
    once.mockRestore();
    // ours, and BullMQ's
    expect(listeners).toBeLessThan(10);
  });

  // a server of another's cannot be stopped
  const redis = process.env['ELUCIDATE_TEST_REDIS'] ? null : startRedis();
  if (redis === null) console.warn('a Redis that is stopped: not tested here, because there is no redis-server on PATH, or ELUCIDATE_TEST_REDIS is set');
  const withServer = redis ? test : test.skip;
  afterAll(() => redis?.stop());

  withServer('of two installations on one server, each takes its own jobs', async () => {
    const other = await openTestStore();
    const redisUrl = await redis!.url;
    const [here, there] = [await open({ redisUrl }), await open({ redisUrl, databaseUrl: other.url })];
    const [mine, theirs] = [[job(), job()], [job()]];
    await here.add(mine);
    await there.add(theirs);
    expect([(await here.depth()).train, (await there.depth()).train]).toEqual([2, 1]);
    const [a, b] = [consumer(here), consumer(there)];
    await until(() => a.taken.length + b.taken.length === 3);
    expect([a.taken.sort(), b.taken]).toEqual([mine.map(({ stageId }) => stageId).sort(), theirs.map(({ stageId }) => stageId)]);
    await Promise.all(opened.splice(0).map((queue) => queue.close()));
    await other.close();
  });

  withServer('a job in the hands of a worker that died waits again as soon as its lock has passed', async () => {
    const redisUrl = await redis!.url;
    const queue = await open({ redisUrl });
    const client = new Redis(redisUrl);
    const one = await takeAndDie(openRedisBackend(redisUrl, await installationId(database.url), () => undefined), queue, async () => client.del(await client.keys('*:lock')));
    await until(async () => (await queue.lacking([one])).length === 0 && (await queue.depth()).train === 1);
    client.disconnect();
  });

  withServer('a queue that is closed while it waits for jobs leaves no timer to those who end', async () => {
    const redisUrl = await redis!.url;
    const [queue, client] = [await open({ redisUrl }), new Redis(redisUrl)];
    consumer(queue);
    await until(async () => String(await client.client('LIST')).includes('cmd=bzpopmin'));
    const disconnect = jest.spyOn(Redis.prototype, 'disconnect');
    await queue.close();
    await until(async () => !String(await client.client('LIST')).includes('cmd=bzpopmin'));
    const again = disconnect.mock.calls.filter(([reconnect]) => reconnect);
    expect(again).toEqual([]);
    disconnect.mockRestore();
    client.disconnect();
  });

  withServer('that is frozen answers soon, and goes on when it thaws', async () => {
    const own = startRedis();
    const queue = await open({ redisUrl: await own!.url });
    const { taken } = consumer(queue);
    const [first, second, third] = [job(), job(), job()];
    await queue.add([first]);
    await until(() => taken.includes(first.stageId));
    own!.signal('SIGSTOP');
    await expect(soon(queue.add([second]))).rejects.toMatchObject({ code: 'queue.unreachable' });
    own!.signal('SIGCONT');
    await until(() => queue.add([third]).then(() => true, () => false));
    await until(() => taken.includes(third.stageId));
    await soon(opened.pop()!.close());
    await own!.stop();
  });

  withServer('closes soon although it is frozen', async () => {
    const own = startRedis();
    const queue = await open({ redisUrl: await own!.url });
    consumer(queue);
    await queue.add([job()]);
    own!.signal('SIGSTOP');
    await soon(queue.close());
    own!.signal('SIGCONT');
    await own!.stop();
  });
});

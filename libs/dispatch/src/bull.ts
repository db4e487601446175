import { ElucidateError } from '@elucidate/experiment/errors';
import { stageKinds, type StageKind } from '@elucidate/experiment/stages';
import { createPostgresBackend, Queue as BullQueue, Worker, runMigrations, type PgPool } from 'bullmq';
import pg from 'pg';
import { consumeBull, type BullWorker } from './bull-consumer.js';
import { jobId, type Consumer, type Queue, type QueueJob } from './queue.js';

export interface BullOptions {
  databaseUrl: string;
  /** Redis is used when this is given; else BullMQ's tables in the database, in schema "bullmq". */
  redisUrl?: string;
  /** Errors of connections that BullMQ re-establishes by itself. */
  onError?(error: Error): void;
}

/** One BullMQ queue for each kind of stage. */
type Bull = BullQueue<QueueJob, unknown, string>;

/** How BullMQ connects to its store, and how to disconnect. */
interface Backend {
  name: string;
  queue(kind: StageKind): Bull;
  worker(kind: StageKind): BullWorker;
  close(): Promise<void>;
}

/** Jobs written at once: all of a large sweep's would block the process. */
const jobsAtATime = 1000;
const queueName = (kind: StageKind): string => `elucidate-${kind}`;
/** BullMQ accepts 1 to 2^21, lower first; 0 would mean "before all others". */
const priorityOf = (position: number): number => Math.min(position + 1, 2 ** 21);
const jobOptions = { removeOnComplete: true, removeOnFail: true } as const;
/** A job is active only between being taken and being removed; if its worker dies in between, it is requeued after this long. */
const workerOptions = { autorun: false, lockDuration: 10_000, stalledInterval: 10_000, maxStalledCount: 1000, drainDelay: 5 } as const;

async function postgresBackend(connectionString: string): Promise<Backend> {
  // a consumer permanently occupies one LISTEN connection per kind; the rest serve queries
  const pool = new pg.Pool({ connectionString, max: stageKinds.length + 4, options: '-c search_path=bullmq', keepAlive: true });
  pool.setMaxListeners(4 * stageKinds.length);
  const client = await pool.connect().catch((cause: unknown) => {
    throw new ElucidateError('queue.unreachable', 'The queue\'s PostgreSQL does not answer; check DATABASE_URL', { cause });
  });
  await runMigrations(client).finally(() => client.release());
  const connection = { connection: pool as unknown as PgPool };
  return {
    name: 'BullMQ on PostgreSQL',
    queue: (kind) => new BullQueue(queueName(kind), connection, createPostgresBackend) as unknown as Bull,
    worker: (kind) => new Worker(queueName(kind), null, { ...connection, ...workerOptions }, createPostgresBackend) as unknown as BullWorker,
    close: () => pool.end(),
  };
}

function redisBackend(url: string): Backend {
  return {
    name: 'BullMQ on Redis',
    queue: (kind) => new BullQueue(queueName(kind), { connection: { url, maxRetriesPerRequest: 1 } }),
    worker: (kind) => new Worker(queueName(kind), null, { connection: { url, maxRetriesPerRequest: null }, ...workerOptions }),
    close: () => Promise.resolve(),
  };
}

/** BullMQ, on PostgreSQL or on Redis. Throws 'queue.unreachable' when its store does not respond. */
export async function openBullQueue({ databaseUrl, redisUrl, onError = () => {} }: BullOptions): Promise<Queue> {
  const backend = redisUrl === undefined ? await postgresBackend(databaseUrl) : redisBackend(redisUrl);
  const queues = new Map(stageKinds.map((kind) => [kind, backend.queue(kind)]));
  for (const queue of queues.values()) queue.on('error', onError);
  const consumers = new Set<Consumer>();

  const add = async (jobs: readonly QueueJob[]): Promise<void> => {
    for (const [kind, queue] of queues) {
      const own = jobs.filter((job) => job.kind === kind);
      for (let from = 0; from < own.length; from += jobsAtATime) await queue.addBulk(own.slice(from, from + jobsAtATime).map((data) => ({ name: kind, data, opts: { ...jobOptions, jobId: jobId(data), priority: priorityOf(data.position) } })));
    }
  };

  const depth = async (): Promise<Record<StageKind, number>> =>
    Object.fromEntries(await Promise.all([...queues].map(async ([kind, queue]) => [kind, await queue.getJobCountByTypes('waiting', 'prioritized', 'delayed')])));

  const close = async (): Promise<void> => {
    await Promise.all([...consumers].map((consumer) => consumer.close()));
    await Promise.all([...queues.values()].map((queue) => queue.close()));
    await backend.close();
  };
  let closed: Promise<void> | undefined;

  return {
    name: backend.name,
    add: (jobs) => add(jobs).catch(unreachable(backend.name)),
    depth: () => depth().catch(unreachable(backend.name)),
    consume: (options) => {
      const consumer = consumeBull(backend.worker, options, onError);
      consumers.add(consumer);
      return consumer;
    },
    close: () => (closed ??= close()),
  };
}

const unreachable = (name: string) => (cause: unknown): never => {
  throw new ElucidateError('queue.unreachable', `${name} does not answer; stages stay ready in the database and are queued when it is back`, { cause });
};

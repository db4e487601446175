import { ElucidateError } from '@elucidate/experiment/errors';
import { stageKinds, type StageKind } from '@elucidate/experiment/stages';
import { consumeBull } from './bull-consumer.js';
import { openPostgresBackend } from './bull-postgres.js';
import { openRedisBackend } from './bull-redis.js';
import { installationId } from './installation-id.js';
import { jobId, type Consumer, type Queue, type QueueJob } from './queue.js';
import { atMost } from './repeatedly.js';

export interface BullOptions {
  databaseUrl: string;
  /** Redis is used when this is given; else BullMQ's tables in the database, in schema "bullmq". */
  redisUrl?: string;
  /** Address of the database for the queue, where `databaseUrl` leads through a pooler that BullMQ cannot work through. */
  queueUrl?: string;
  /** Errors of connections that are re-established by themselves. */
  onError?(error: Error): void;
}

/** Jobs written at once: all of a large sweep's would block the process. */
const jobsAtATime = 1000;
/** BullMQ accepts 1 to 2^21, lower first; 0 would mean "before all others". */
const priorityOf = (position: number): number => Math.min(position + 1, 2 ** 21);
const jobOptions = { removeOnComplete: true, removeOnFail: true } as const;
/** How long closing waits for a store that does not respond. */
const closingMs = 3000;

/** BullMQ, on PostgreSQL or on Redis. Throws 'queue.unreachable' when PostgreSQL does not respond; a Redis may come later. */
export async function openBullQueue({ databaseUrl, redisUrl, queueUrl = databaseUrl, onError = () => {} }: BullOptions): Promise<Queue> {
  const backend = redisUrl === undefined ? await openPostgresBackend(queueUrl, onError) : openRedisBackend(redisUrl, await identified(databaseUrl), onError);
  const queues = new Map(stageKinds.map((kind) => [kind, backend.queue(kind)]));
  for (const queue of queues.values()) queue.on('error', onError);
  const consumers = new Set<Consumer>();

  const add = async (jobs: readonly QueueJob[]): Promise<void> => {
    for (const [kind, queue] of queues) {
      const own = jobs.filter((job) => job.kind === kind);
      for (let from = 0; from < own.length; from += jobsAtATime) {
        const batch = own.slice(from, from + jobsAtATime).map((data) => ({ name: kind, data, opts: { ...jobOptions, jobId: jobId(data), priority: priorityOf(data.position) } }));
        await backend.run(() => queue.addBulk(batch));
      }
    }
  };

  const lacking = async (jobs: readonly QueueJob[]): Promise<QueueJob[]> => {
    const lacked: QueueJob[] = [];
    for (const [kind, queue] of queues) {
      const own = jobs.filter((job) => job.kind === kind);
      if (own.length === 0) continue;
      const present = await backend.run(() => backend.present(kind, own.map(jobId)));
      // one that is there may have been taken by a worker that died, or froze, before it removed it
      if (present.size > 0) await backend.run(() => queue.getBackend().moveStalledJobsToWait());
      lacked.push(...own.filter((job) => !present.has(jobId(job))));
    }
    return lacked;
  };

  const depth = async (): Promise<Record<StageKind, number>> =>
    Object.fromEntries(await Promise.all([...queues].map(async ([kind, queue]) => [kind, await backend.run(() => queue.getJobCountByTypes('waiting', 'prioritized', 'delayed'))])));

  const close = async (): Promise<void> => {
    await Promise.all([...consumers].map((consumer) => consumer.close()));
    await atMost(closingMs, Promise.all([...queues.values()].map((queue) => queue.close())));
    await atMost(closingMs, backend.close());
  };
  let closed: Promise<void> | undefined;

  return {
    name: backend.name,
    add: (jobs) => add(jobs).catch(unreachable(backend.name)),
    lacking: (jobs) => lacking(jobs).catch(unreachable(backend.name)),
    depth: () => depth().catch(unreachable(backend.name)),
    consume: (options) => {
      const consumer = consumeBull(backend, { ...options, onError: options.onError ?? ((error) => onError(error as Error)) });
      consumers.add(consumer);
      return consumer;
    },
    close: () => (closed ??= close()),
  };
}

const identified = (databaseUrl: string): Promise<string> => installationId(databaseUrl).catch((cause: Error) => {
  throw new ElucidateError('database.unreachable', `The database does not say which installation it is (${cause.message}); check DATABASE_URL`, { cause });
});

const unreachable = (name: string) => (cause: Error): never => {
  throw new ElucidateError('queue.unreachable', `${name} does not answer (${cause.message}); stages stay ready in the database and are queued when it is back`, { cause });
};

import { stageKinds, type StageKind } from '@elucidate/experiment/stages';
import { jobId, type ConsumeOptions, type Consumer, type Queue, type QueueJob } from './queue.js';

interface InlineConsumer extends ConsumeOptions {
  running: Set<Promise<void>>;
}

/** A queue within one process, for `elucidate run --local` and tests. */
export function createInlineQueue(): Queue {
  const waiting = new Map<string, QueueJob>();
  const consumers = new Set<InlineConsumer>();

  const pump = (): void => {
    for (let moved = true; moved;) {
      moved = false;
      for (const consumer of consumers) {
        const job = consumer.running.size < consumer.slots ? firstOf(waiting.values(), consumer.kinds) : undefined;
        if (job === undefined) continue;
        waiting.delete(jobId(job));
        start(consumer, job);
        moved = true;
      }
    }
  };

  const start = (consumer: InlineConsumer, job: QueueJob): void => {
    const run = Promise.resolve().then(() => consumer.handler(job)).catch((error: unknown) => consumer.onError?.(error)).finally(() => {
      consumer.running.delete(run);
      pump();
    });
    consumer.running.add(run);
  };

  const close = async (consumer: InlineConsumer): Promise<void> => {
    consumers.delete(consumer);
    await Promise.all(consumer.running);
  };

  return {
    name: 'inline',
    add: async (jobs) => {
      for (const job of jobs) if (!waiting.has(jobId(job))) waiting.set(jobId(job), job);
      pump();
    },
    lacking: async (jobs) => jobs.filter((job) => !waiting.has(jobId(job))),
    depth: async () => countByKind(waiting.values()),
    consume: (options): Consumer => {
      const consumer = { ...options, running: new Set<Promise<void>>() };
      consumers.add(consumer);
      pump();
      return {
        take: (kinds) => {
          consumer.kinds = kinds;
          pump();
        },
        close: () => close(consumer),
      };
    },
    close: async () => {
      await Promise.all([...consumers].map(close));
    },
  };
}

/** The job a free slot takes next: the lowest position, the oldest among equals. */
function firstOf(jobs: Iterable<QueueJob>, kinds: readonly StageKind[]): QueueJob | undefined {
  let first: QueueJob | undefined;
  for (const job of jobs) if (kinds.includes(job.kind) && (first === undefined || job.position < first.position)) first = job;
  return first;
}

function countByKind(jobs: Iterable<QueueJob>): Record<StageKind, number> {
  const counts = Object.fromEntries(stageKinds.map((kind) => [kind, 0])) as Record<StageKind, number>;
  for (const { kind } of jobs) counts[kind] += 1;
  return counts;
}

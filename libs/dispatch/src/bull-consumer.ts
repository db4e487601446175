import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StageKind } from '@elucidate/experiment/stages';
import type { IQueueBackend, Job, Worker } from 'bullmq';
import type { ConsumeOptions, Consumer, QueueJob } from './queue.js';
import { Slots } from './slots.js';

/** BullMQ's worker over any of its stores. */
export type BullWorker = Worker<QueueJob, unknown, string, IQueueBackend>;

interface Taking {
  kind: StageKind;
  taken: { kinds: readonly StageKind[] };
  worker: BullWorker;
  options: ConsumeOptions;
  slots: Slots;
  stop: AbortSignal;
  onError(error: Error): void;
}

const retryMs = 500;

/** One BullMQ worker per kind, polled manually; a kind fetches a job only while a slot is free, and all kinds share the slots. */
export function consumeBull(open: (kind: StageKind) => BullWorker, options: ConsumeOptions, onError: (error: Error) => void): Consumer {
  const slots = new Slots(options.slots);
  const stopping = new AbortController();
  const taken = { kinds: options.kinds };
  const taking = options.kinds.map((kind): Taking => ({ kind, taken, worker: open(kind), options, slots, stop: stopping.signal, onError }));
  const loops = taking.map(takeJobs);
  const close = async (): Promise<void> => {
    stopping.abort();
    slots.wake();
    // a worker still connecting would take its LISTEN connection after the close, and the pool would wait for it indefinitely
    await Promise.all(taking.map(({ worker }) => worker.waitUntilReady().catch(onError)));
    await Promise.all(taking.map(({ worker }) => worker.getBackend().disconnectBlocking(true)));
    await Promise.all(loops);
    await slots.whenIdle();
    await Promise.all(taking.map(({ worker }) => worker.close()));
  };
  let closed: Promise<void> | undefined;
  const take = (kinds: readonly StageKind[]): void => {
    taken.kinds = kinds;
    slots.wake();
  };
  return { take, close: () => (closed ??= close()) };
}

async function takeJobs(taking: Taking): Promise<void> {
  const { kind, taken, worker, slots, stop, onError } = taking;
  worker.on('error', onError);
  await worker.startStalledCheckTimer().catch(onError);
  while (!stop.aborted) {
    await slots.whenFree();
    if (stop.aborted) return;
    if (!taken.kinds.includes(kind)) {
      await sleep(retryMs, undefined, { signal: stop }).catch(() => undefined);
      continue;
    }
    try {
      await takeOne(taking);
    } catch (error) {
      onError(error as Error);
      await sleep(retryMs, undefined, { signal: stop }).catch(() => undefined);
    }
  }
}

/** Waits for a job and starts it. Two kinds may deliver to the last slot at the same time: the slower returns its job. */
async function takeOne({ kind, taken, worker, options, slots, stop }: Taking): Promise<void> {
  const token = randomUUID();
  const job: Job<QueueJob> | undefined = await worker.getNextJob(token, { block: true });
  if (job === undefined) return;
  if (stop.aborted || !taken.kinds.includes(kind) || !slots.take()) {
    await job.moveToWait(token);
    return;
  }
  try {
    await job.moveToCompleted(null, token, false);
  } catch (error) {
    slots.release();
    throw error;
  }
  void options.handler(job.data).catch((error: unknown) => options.onError?.(error)).finally(() => slots.release());
}

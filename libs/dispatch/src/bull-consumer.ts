import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StageKind } from '@elucidate/experiment/stages';
import { lockMs, type BullBackend, type BullWorker, type JobNews } from './bull-backend.js';
import type { ConsumeOptions, Consumer, QueueJob } from './queue.js';
import { atMost, repeatedly } from './repeatedly.js';
import { Slots } from './slots.js';

interface Consuming {
  backend: BullBackend;
  news: JobNews;
  slots: Slots;
  workers: ReadonlyMap<StageKind, BullWorker>;
  /** Kinds to take. */
  kinds: readonly StageKind[];
  /** Kinds that may have a job: those not found empty since they were heard of. */
  lively: Set<StageKind>;
  /** The wait for news that all loops share. */
  hearing: Promise<void> | undefined;
  stop: AbortSignal;
  /** Aborted, and replaced, when `kinds` changes. */
  changed: AbortController;
  handler: ConsumeOptions['handler'];
  onError(error: unknown): void;
}

const retryMs = 500;
/** Jobs requested at once. */
const maxLoops = 16;
/** How long closing waits for a store that does not respond. */
const closingMs = 3000;

/** Takes jobs of all kinds: first a slot, then a job for it. Kinds are polled in turn, and only those that may have a job. */
export function consumeBull(backend: BullBackend, { kinds, slots: size, handler, onError = () => undefined }: ConsumeOptions): Consumer {
  const stopping = new AbortController();
  const consuming: Consuming = {
    backend, kinds, handler, onError, slots: new Slots(size), news: backend.listen(), lively: new Set(kinds), hearing: undefined,
    workers: new Map(kinds.map((kind) => [kind, backend.worker(kind)])), stop: stopping.signal, changed: new AbortController(),
  };
  for (const worker of consuming.workers.values()) worker.on('error', onError);
  const loops = Array.from({ length: Math.min(size, maxLoops) }, () => takeJobs(consuming));
  const stalled = repeatedly(() => requeueStalled(consuming), { everyMs: 6 * lockMs, signal: stopping.signal, onError });
  const close = async (): Promise<void> => {
    stopping.abort();
    consuming.slots.wake();
    await Promise.all([...loops, stalled]);
    await consuming.slots.whenIdle();
    await consuming.news.close();
    await atMost(closingMs, Promise.all(Array.from(consuming.workers.values(), (worker) => worker.close())));
  };
  let closed: Promise<void> | undefined;
  return {
    take(taken) {
      consuming.kinds = taken;
      for (const kind of taken) consuming.lively.add(kind);
      consuming.changed.abort();
      consuming.changed = new AbortController();
    },
    close: () => (closed ??= close()),
  };
}

async function takeJobs(consuming: Consuming): Promise<void> {
  const { slots, stop, handler, onError } = consuming;
  while (!stop.aborted) {
    if (!slots.take()) {
      await slots.whenFree();
      continue;
    }
    const job = await nextJob(consuming).catch(async (error: unknown) => {
      onError(error);
      await sleep(retryMs, undefined, { signal: stop }).catch(() => undefined);
      return undefined;
    });
    if (job === undefined) slots.release();
    else void handler(job).catch(onError).finally(() => slots.release());
  }
}

/** Waits for a job and takes it out of the queue; undefined when stopped. */
async function nextJob(consuming: Consuming): Promise<QueueJob | undefined> {
  const { backend, lively, workers, stop } = consuming;
  while (!stop.aborted) {
    const kind = Array.from(lively).find((each) => consuming.kinds.includes(each));
    if (kind === undefined) {
      await hear(consuming);
      continue;
    }
    // another job announced from here on adds the kind again
    lively.delete(kind);
    try {
      const job = await backend.run(() => takeOne(workers.get(kind)!, () => stop.aborted || !consuming.kinds.includes(kind)));
      if (job === undefined) continue;
      // at the end, so that kinds take turns
      lively.add(kind);
      return job;
    } catch (error) {
      lively.add(kind);
      throw error;
    }
  }
  return undefined;
}

async function hear(consuming: Consuming): Promise<void> {
  const { kinds, lively, news, stop, changed } = consuming;
  consuming.hearing ??= heard(kinds, news, AbortSignal.any([stop, changed.signal])).then((found) => {
    for (const kind of found) lively.add(kind);
  }).finally(() => {
    consuming.hearing = undefined;
  });
  await consuming.hearing;
}

/** A consumer that takes nothing waits until that changes. */
async function heard(kinds: readonly StageKind[], news: JobNews, signal: AbortSignal): Promise<readonly StageKind[]> {
  if (kinds.length > 0) return news.next(kinds, signal);
  await sleep(2 ** 31 - 1, undefined, { signal }).catch(() => undefined);
  return [];
}

/** A waiting job, if there is one, removed from the queue: the lease says from now on who works on the stage. A job that came too late for us goes back. */
async function takeOne(worker: BullWorker, tooLate: () => boolean): Promise<QueueJob | undefined> {
  const token = randomUUID();
  const job = await worker.getNextJob(token, { block: false });
  if (job === undefined) return undefined;
  if (tooLate()) {
    await job.moveToWait(token);
    return undefined;
  }
  await job.moveToCompleted(null, token, false);
  return job.data;
}

/** Jobs of workers that died between taking and removing them. */
async function requeueStalled({ backend, workers, lively }: Consuming): Promise<void> {
  for (const [kind, worker] of workers) {
    const ids = await backend.run(() => worker.getBackend().moveStalledJobsToWait());
    if (ids.length > 0) lively.add(kind);
  }
}

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
  /** Whether news is awaited, once for all loops. */
  hearing: boolean;
  /** Loops that wait until a kind may have a job. */
  waiting: Set<() => void>;
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
    backend, kinds, handler, onError, slots: new Slots(size), news: backend.listen(), lively: new Set(kinds), hearing: false, waiting: new Set(),
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
      enliven(consuming, taken);
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

/** Waits for a job and takes it out of the queue; undefined when stopped. The lease says from then on who works on the stage. */
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
    const token = randomUUID();
    const job = await backend.run(() => workers.get(kind)!.getNextJob(token, { block: false })).catch((error: unknown) => {
      lively.add(kind);
      throw error;
    });
    if (job === undefined) continue;
    // there may be more, for others to take while this one is removed; at the end, so that kinds take turns
    enliven(consuming, [kind]);
    const tooLate = stop.aborted || !consuming.kinds.includes(kind);
    await backend.run<unknown>(() => (tooLate ? job.moveToWait(token) : job.moveToCompleted(null, token, false)));
    if (!tooLate) return job.data;
  }
  return undefined;
}

/** Notes that kinds may have jobs, and wakes the loops that wait for one. */
function enliven({ lively, waiting }: Consuming, kinds: readonly StageKind[]): void {
  for (const kind of kinds) lively.add(kind);
  for (const wake of waiting) wake();
  waiting.clear();
}

/** Waits until a kind may have a job: one was announced, or another loop found one. */
function hear(consuming: Consuming): Promise<void> {
  const woken = new Promise<void>((resolve) => consuming.waiting.add(resolve));
  if (!consuming.hearing) void listen(consuming);
  return woken;
}

async function listen(consuming: Consuming): Promise<void> {
  const { kinds, news, stop, changed, onError } = consuming;
  consuming.hearing = true;
  const found = await heard(kinds, news, AbortSignal.any([stop, changed.signal])).catch(async (error: unknown) => {
    onError(error);
    await sleep(retryMs, undefined, { signal: stop }).catch(() => undefined);
    return [];
  });
  consuming.hearing = false;
  enliven(consuming, found);
}

/** A consumer that takes nothing waits until that changes. */
async function heard(kinds: readonly StageKind[], news: JobNews, signal: AbortSignal): Promise<readonly StageKind[]> {
  if (kinds.length > 0) return news.next(kinds, signal);
  await sleep(2 ** 31 - 1, undefined, { signal }).catch(() => undefined);
  return [];
}

/** Jobs of workers that died between taking and removing them. */
async function requeueStalled(consuming: Consuming): Promise<void> {
  for (const [kind, worker] of consuming.workers) {
    const ids = await consuming.backend.run(() => worker.getBackend().moveStalledJobsToWait());
    if (ids.length > 0) enliven(consuming, [kind]);
  }
}

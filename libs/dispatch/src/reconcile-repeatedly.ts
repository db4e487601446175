import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from '@elucidate/store/store';
import type { FailOptions } from './fail.js';
import type { Queue } from './queue.js';
import { reconcile } from './reconcile.js';

export interface RepeatOptions extends FailOptions {
  store: Pick<Store, 'db'>;
  queue: Queue;
  /** Mean time between passes over all workers. */
  reconcileMs?: number;
  signal: AbortSignal;
  log: (line: string) => void;
}

/** Runs the reconciler until the signal is aborted. Each of n workers runs it n times less often, so that together they query the database about as often as one would. */
export async function reconcileRepeatedly({ store, queue, reconcileMs = 2000, signal, log, ...options }: RepeatOptions): Promise<void> {
  let workers = 1;
  while (!signal.aborted) {
    try {
      const { expired, activeWorkers } = await reconcile(store, queue, { ...options, minAgeMs: reconcileMs });
      if (expired > 0) log(`${expired} lease(s) had expired: their stages are tried again or have failed permanently`);
      workers = activeWorkers;
    } catch (error) {
      log(`reconciler: ${error instanceof Error ? error.message : String(error)}`);
    }
    // jitter keeps workers that started together from querying at the same time
    await sleep(reconcileMs * workers * (0.75 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
  }
}

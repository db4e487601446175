import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from '@elucidate/store/store';
import type { FailOptions } from './fail.js';
import type { Queue } from './queue.js';
import { lookAtRaces } from './race.js';
import { reconcile } from './reconcile.js';

export interface RepeatOptions extends FailOptions {
  store: Store;
  queue: Queue;
  /** Mean time between passes over all workers. */
  reconcileMs?: number;
  signal: AbortSignal;
  log: (line: string) => void;
}

/**
 * The pause of one of n workers before its next pass, ms, for `uniform`, from 0 up to but not 1. Exponentially distributed, with n times `reconcileMs` as its mean, so
 * that the passes of all workers are a Poisson process however they started: with pauses of similar lengths, workers that start together would all be silent together,
 * for minutes if they are many. Cut off at four times the mean, so that a single worker is not silent for long either.
 */
export const pauseMs = (reconcileMs: number, { workers, uniform }: { workers: number; uniform: number }): number => reconcileMs * workers * Math.min(4, -Math.log(1 - uniform));

/** Runs the reconciler until the signal is aborted. Each of n workers runs it n times less often, so that together they query the database about as often as one would. */
export async function reconcileRepeatedly({ store, queue, reconcileMs = 2000, signal, log, ...options }: RepeatOptions): Promise<void> {
  let workers = 1;
  const logError = (error: unknown): void => log(`reconciler: ${error instanceof Error ? error.message : String(error)}`);
  while (!signal.aborted) {
    try {
      const { expired, activeWorkers, troubles } = await reconcile(store, queue, { ...options, minAgeMs: reconcileMs });
      if (expired > 0) log(`${expired} lease(s) had expired: their stages are tried again or have failed permanently`);
      for (const trouble of troubles) log(`reconciler: ${trouble}`);
      workers = activeWorkers;
    } catch (error) {
      logError(error);
    }
    await lookAtRaces(store, queue).catch(logError);
    await sleep(pauseMs(reconcileMs, { workers, uniform: Math.random() }), undefined, { signal }).catch(() => undefined);
  }
}

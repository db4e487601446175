import { setTimeout as sleep } from 'node:timers/promises';
import { summarise } from '@elucidate/store/queries/summaries';
import type { Store } from '@elucidate/store/store';

export interface SummariseOptions {
  db: Store['db'];
  signal: AbortSignal;
  /** Receives what went wrong; the next try comes all the same. */
  onFault(error: unknown): void;
}

const everyMs = 1000;

/** Keeps the summaries of sweeps up to date while nobody reads, so that no reader finds much to do. Ends when `signal` aborts. */
export async function summariseRepeatedly({ db, signal, onFault }: SummariseOptions): Promise<void> {
  while (!signal.aborted) {
    try {
      while (!signal.aborted && (await summarise(db)));
    } catch (error) {
      onFault(error);
    }
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { recordEtas } from '@elucidate/store/queries/sweep-eta';
import { summarise } from '@elucidate/store/queries/summaries';
import type { Store } from '@elucidate/store/store';

export interface SummariseOptions {
  db: Store['db'];
  signal: AbortSignal;
  /** Receives what went wrong; the next try comes all the same. */
  onFault(error: unknown): void;
}

const everyMs = 1000;
/** How often it notes when sweeps are expected to end. */
const etasEveryMs = 10_000;

/** Keeps the summaries of sweeps up to date while nobody reads, so that no reader finds much to do, and notes when they are expected to end. Ends when `signal` aborts. */
export async function summariseRepeatedly({ db, signal, onFault }: SummariseOptions): Promise<void> {
  let notedAt = -Infinity;
  while (!signal.aborted) {
    try {
      while (!signal.aborted && (await summarise(db)));
      if (performance.now() - notedAt >= etasEveryMs) {
        notedAt = performance.now();
        await recordEtas(db);
      }
    } catch (error) {
      onFault(error);
    }
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
}

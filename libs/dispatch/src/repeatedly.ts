import { setTimeout as sleep } from 'node:timers/promises';

export interface Repeated {
  everyMs: number;
  signal: AbortSignal;
  /** Receives what an action rejects with; the next one is not affected. */
  onError(error: unknown): void;
}

/** Does something from time to time until the signal is aborted, never twice at once. */
export async function repeatedly(action: () => Promise<unknown>, { everyMs, signal, onError }: Repeated): Promise<void> {
  while (!signal.aborted) {
    await action().catch(onError);
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Waits for something for at most `ms`, whatever becomes of it. */
export async function atMost(ms: number, something: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  await Promise.race([something.catch(() => undefined), sleep(ms, undefined, { signal: over.signal }).catch(() => undefined)]);
  over.abort();
}

/** Resolves when the signal is aborted, at once if it is already. */
export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

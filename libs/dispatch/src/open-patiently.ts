import { setTimeout as sleep } from 'node:timers/promises';

export interface Waiting {
  log(line: string): void;
  /** How long it tries, in milliseconds. */
  patienceMs: number;
  /** Between two tries. */
  everyMs: number;
}

/** Opens something; tries again, and says so once, while what it throws passes by itself. Throws what `open` throws at last. */
export async function openPatiently<T>(open: () => Promise<T>, passes: (error: unknown) => boolean, { log, patienceMs, everyMs }: Waiting): Promise<T> {
  for (let until: number | undefined; ; await sleep(everyMs)) {
    try {
      return await open();
    } catch (error) {
      if (!passes(error)) throw error;
      if (until === undefined) log(`${(error as Error).message}; waiting for up to ${patienceMs / 1000} s`);
      until ??= Date.now() + patienceMs;
      if (Date.now() >= until) throw error;
    }
  }
}

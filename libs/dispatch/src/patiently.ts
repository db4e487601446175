import { setTimeout as sleep } from 'node:timers/promises';
import { ElucidateError } from '@elucidate/experiment/errors';
import { databaseTrouble } from './database-trouble.js';

/** How long a worker that is asked to stop goes on trying. */
const stoppingMs = 5000;

export interface Patience {
  /** Time to go on trying. */
  forMs: number;
  /** Once it has aborted, only a few seconds more are left. */
  signal?: AbortSignal;
}

/** Retries a database write while the server is unavailable or busy: a restart must not lose a result that took hours. When patience runs out, throws 'database.unreachable'. */
export async function patiently<T>(write: () => Promise<T>, { forMs, signal }: Patience): Promise<T> {
  const begun = performance.now();
  let stoppingSince: number | undefined;
  for (;;) {
    try {
      return await write();
    } catch (cause) {
      const trouble = databaseTrouble(cause);
      if (trouble !== 'connection' && trouble !== 'busy') throw cause;
      if (signal?.aborted) stoppingSince ??= performance.now();
      const over = performance.now() - begun > forMs || (stoppingSince !== undefined && performance.now() - stoppingSince > stoppingMs);
      if (over) throw new ElucidateError('database.unreachable', `The database has been away for ${Math.round((performance.now() - begun) / 1000)} s (${(cause as Error).message}); the stage is tried again when it is back`, { cause });
      await sleep(Math.min(1000, forMs / 10) * (0.5 + Math.random()));
    }
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { ElucidateError } from '@elucidate/experiment/errors';
import { databaseTrouble } from './database-trouble.js';

/** Retries a database write while the server is unavailable or busy, for at most `forMs`: a restart must not lose a result that took hours. Then throws 'database.unreachable'. */
export async function patiently<T>(write: () => Promise<T>, forMs: number): Promise<T> {
  const deadline = performance.now() + forMs;
  for (;;) {
    try {
      return await write();
    } catch (cause) {
      const trouble = databaseTrouble(cause);
      if (trouble !== 'connection' && trouble !== 'busy') throw cause;
      if (performance.now() > deadline) throw new ElucidateError('database.unreachable', `The database has been away for ${Math.round(forMs / 1000)} s (${(cause as Error).message}); the stage is tried again when it is back`, { cause });
      await sleep(Math.min(1000, forMs / 10) * (0.5 + Math.random()));
    }
  }
}

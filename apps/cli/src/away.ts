import { databaseTrouble } from '@elucidate/dispatch/database-trouble';
import { ElucidateError } from '@elucidate/experiment/errors';
import { pause } from './interrupt.js';

/** How long a command that has begun goes on while nobody answers, in milliseconds: a server that is restarted meanwhile is found again. */
export const patienceMs = 600_000;
const everyMs = 500;

/** Whether an error says that API or database are away for the moment. */
export const isAway = (error: unknown): boolean =>
  error instanceof ElucidateError ? ['api.unreachable', 'database.unreachable'].includes(error.code) : ['connection', 'busy'].includes(databaseTrouble(error) ?? '');

/** What API or database answer, asked again while they are away, for at most `patienceMs`. Rejects with the signal's reason as soon as it fires; with any other error at once. */
export async function untilAnswered<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const began = Date.now();
  let onAbort = (): void => undefined;
  const stopped = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  stopped.catch(() => undefined);
  try {
    for (;; await pause(everyMs, signal)) {
      const answer = await Promise.race([ask().then((value) => ({ value })), stopped]).catch((error: unknown) => {
        signal.throwIfAborted();
        if (!isAway(error) || Date.now() - began > patienceMs) throw error;
        return null;
      });
      if (answer !== null) return answer.value;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

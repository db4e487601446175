import { setTimeout as sleep } from 'node:timers/promises';
import { databaseTrouble } from './database-trouble.js';

/** How long a statement that conflicts with others is tried again, in milliseconds. */
export const patienceMs = 30_000;

/** Retries a write that conflicted with another one, or met a server that was full: nothing of it was written. After half a minute it throws the last error; any other error at once. */
export async function untilUncontested<T>(write: () => Promise<T>, contested = (error: unknown): boolean => databaseTrouble(error) === 'busy'): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (!contested(error) || performance.now() > deadline) throw error;
      // a conflict is over soon; jitter keeps two that met from meeting again
      await sleep(5 + Math.random() * 50);
    }
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { ElucidateError } from '@elucidate/experiment/errors';

const patienceMs = 60_000;
const everyMs = 500;

/** A server that is there and does not take anyone for the moment: it starts or recovers, has no connection left, or does not answer in time. One that refuses the connection, or the password, is another matter. */
function isOccupied(error: unknown): boolean {
  if (!(error instanceof ElucidateError) || error.code !== 'database.unreachable') return false;
  const { code = '', message = '' } = (error.cause ?? {}) as { code?: string; message?: string };
  return /^(57P0.|53...)$/.test(code) || /timeout/i.test(message);
}

/** Opens what needs the database as a process starts; tries for a minute, and says so, while PostgreSQL is there but occupied. Throws what `open` throws. */
export async function whenTaken<T>(open: () => Promise<T>, log: (line: string) => void): Promise<T> {
  let since: number | undefined;
  for (;; await sleep(everyMs)) {
    try {
      return await open();
    } catch (error) {
      if (!isOccupied(error)) throw error;
      if (since === undefined) log(`${(error as Error).message}; waiting for a minute`);
      since ??= Date.now();
      if (Date.now() - since > patienceMs) throw error;
    }
  }
}

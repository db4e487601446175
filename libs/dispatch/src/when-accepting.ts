import { setTimeout as sleep } from 'node:timers/promises';
import { ElucidateError } from '@elucidate/experiment/errors';

/** SQLSTATEs of a server that starts or shuts down, or that lacks connections, memory or disk. */
const occupied = /^(57P0[123]|53...)$/;
/** Of pg, its pool, and statements that PostgreSQL ended; a socket that was never answered says ETIMEDOUT. */
const tooSlow = /\btimeout\b/i;

/** A PostgreSQL that is there and accepts nobody for the moment: it starts or recovers, has no connection left, or does not answer in time. One that refuses the connection, or the password, is another matter. */
function isOccupied(error: unknown): boolean {
  const wrapped = error instanceof ElucidateError;
  if (wrapped && error.code !== 'database.unreachable' && error.code !== 'queue.unreachable') return false;
  const { code = '', message = '' } = ((wrapped ? error.cause : error) ?? {}) as { code?: string; message?: string };
  return occupied.test(code) || tooSlow.test(message);
}

export interface Waiting {
  log(line: string): void;
  /** How long it tries, in milliseconds; default one minute. */
  patienceMs?: number;
  /** Between two tries. */
  everyMs?: number;
}

/** Opens what needs PostgreSQL as a process starts, the queue too; tries again, and says so once, while PostgreSQL is there but accepts nobody. Throws what `open` throws at last. */
export async function whenAccepting<T>(open: () => Promise<T>, { log, patienceMs = 60_000, everyMs = 500 }: Waiting): Promise<T> {
  for (let until: number | undefined; ; await sleep(everyMs)) {
    try {
      return await open();
    } catch (error) {
      if (!isOccupied(error)) throw error;
      if (until === undefined) log(`${(error as Error).message}; waiting for up to ${patienceMs / 1000} s`);
      until ??= Date.now() + patienceMs;
      if (Date.now() >= until) throw error;
    }
  }
}

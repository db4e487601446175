import { ElucidateError } from '@elucidate/experiment/errors';
import { openPatiently, type Waiting } from './open-patiently.js';

/** SQLSTATEs of a server that starts or shuts down, that lacks connections, memory or disk, or that ended a statement: a limit that passes as the statement ends reads as a request to cancel it. */
const occupied = /^(57P0[123]|57014|53...)$/;
/** Of pg, its pool, and statements that PostgreSQL ended; a socket that was never answered says ETIMEDOUT. */
const tooSlow = /\btimeout\b/i;
const patienceMs = 60_000;

/** A PostgreSQL that is there and accepts nobody for the moment: it starts or recovers, has no connection left, or does not answer in time. One that refuses the connection, or the password, is another matter. */
function isOccupied(error: unknown): boolean {
  const wrapped = error instanceof ElucidateError;
  if (wrapped && error.code !== 'database.unreachable' && error.code !== 'queue.unreachable') return false;
  const { code = '', message = '' } = ((wrapped ? error.cause : error) ?? {}) as { code?: string; message?: string };
  return occupied.test(code) || tooSlow.test(message);
}

/** Opens what needs PostgreSQL as a process starts, the queue too; tries again for a minute, and says so once, while PostgreSQL is there but accepts nobody. Throws what `open` throws at last. */
export const whenAccepting = <T>(open: () => Promise<T>, waiting: Pick<Waiting, 'log'> & Partial<Waiting>): Promise<T> => openPatiently(open, isOccupied, { patienceMs, everyMs: 500, ...waiting });

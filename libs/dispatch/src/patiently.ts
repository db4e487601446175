import { setTimeout as sleep } from 'node:timers/promises';
import { ElucidateError } from '@elucidate/experiment/errors';

/** SQLSTATE classes 08 (connection) and 57P (shutdown), 53300 (too many connections), and socket error codes. */
const connectionCode = /^(08...|57P..|53300|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH)$/;

const isConnectionError = (error: unknown): boolean => {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  return connectionCode.test(code) || /^Connection terminated|timeout exceeded when trying to connect/.test(message);
};

/** Retries a database write while the server is unavailable, for at most `forMs`: a restart must not lose a result that took hours. Then throws 'database.unreachable'. */
export async function patiently<T>(write: () => Promise<T>, forMs: number): Promise<T> {
  const deadline = performance.now() + forMs;
  for (;;) {
    try {
      return await write();
    } catch (cause) {
      if (!isConnectionError(cause)) throw cause;
      if (performance.now() > deadline) throw new ElucidateError('database.unreachable', `The database has been away for ${Math.round(forMs / 1000)} s; the stage is tried again when it is back`, { cause });
      await sleep(Math.min(1000, forMs / 10));
    }
  }
}

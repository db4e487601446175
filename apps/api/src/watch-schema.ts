import { repeatedly } from '@elucidate/dispatch/repeatedly';
import { ElucidateError } from '@elucidate/experiment/errors';
import { requireCurrentSchema } from '@elucidate/store/migrate';
import type { Store } from '@elucidate/store/store';

export interface WatchedSchema {
  /** Resolves with 'database.outdated' once the schema is not this code's any more, and stays pending otherwise. */
  outdated: Promise<ElucidateError>;
  /** Resolves after the signal is aborted, when nothing is asked of the database any more. */
  ended: Promise<void>;
}

/** Looks from time to time whether the database's schema is still this code's: a newer version may have brought it up to date. A database that does not answer is no news. */
export function watchSchema({ db, everyMs, signal }: { db: Store['db']; everyMs: number; signal: AbortSignal }): WatchedSchema {
  let ended = Promise.resolve();
  const outdated = new Promise<ElucidateError>((resolve) => {
    const look = (): Promise<void> => requireCurrentSchema(db).catch((error: unknown) => {
      if (error instanceof ElucidateError && error.code === 'database.outdated') resolve(error);
    });
    ended = repeatedly(look, { everyMs, signal, onError: () => undefined });
  });
  return { outdated, ended };
}

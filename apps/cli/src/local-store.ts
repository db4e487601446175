import { existsSync } from 'node:fs';
import type { Store } from '@elucidate/store/store';
import { secretOf } from '@elucidate/shell/environment';
import type { Home } from '@elucidate/shell/home';
import { stopRequested } from './interrupt.js';

export interface LocalStore {
  store: Store;
  /** Closes the store, then stops the embedded server if we started it. */
  close(): Promise<void>;
}

/** Whether there is a database: DATABASE_URL or DATABASE_URL_FILE is set, or this folder has an embedded PostgreSQL. */
export const hasLocalDatabase = (home: Home): boolean => secretOf('DATABASE_URL') !== undefined || existsSync(home.postgresDir);

/** The database of this folder, migrated to this version's schema. Leaves nothing open when it throws. */
export async function openLocalStore(home: Home, log: (line: string) => void = () => undefined): Promise<LocalStore> {
  // loaded on demand: it would be half of what commands without a database load
  const [{ openDatabase }, { migrate }, { openStore }, { sayLost }] = await Promise.all([import('./stack.js'), import('@elucidate/store/migrate'), import('@elucidate/store/store'), import('@elucidate/store/data-source')]);
  const database = await openDatabase(home, (line) => stopRequested() || log(line));
  try {
    await migrate(database.url);
    const store = await openStore({ url: database.url, artifacts: home.artifacts, onError: (error) => stopRequested() || sayLost(error) });
    const close = (): Promise<void> => store.close().finally(database.stop);
    return { store, close };
  } catch (error) {
    await database.stop();
    throw error;
  }
}

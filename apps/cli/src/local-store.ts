import { existsSync } from 'node:fs';
import { migrate } from '@elucidate/store/migrate';
import { openStore, type Store } from '@elucidate/store/store';
import type { Home } from '@elucidate/shell/home';
import { openDatabase } from './stack.js';

export interface LocalStore {
  store: Store;
  /** The store, then the server where it is ours. */
  close(): Promise<void>;
}

/** Whether this folder remembers anything: DATABASE_URL is set, or a private PostgreSQL has been here. */
export const hasLocalDatabase = (home: Home): boolean => Boolean(process.env['DATABASE_URL']) || existsSync(home.postgresDir);

/** The database of this folder, brought to this version's schema. Nothing is left open when it throws. */
export async function openLocalStore(home: Home, log: (line: string) => void = () => undefined): Promise<LocalStore> {
  const database = await openDatabase(home, log);
  try {
    await migrate(database.url);
    const store = await openStore({ url: database.url, artifacts: home.artifacts });
    const close = (): Promise<void> => store.close().finally(database.stop);
    return { store, close };
  } catch (error) {
    await database.stop();
    throw error;
  }
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase } from '@elucidate/embedded/test-database';
import { migrate } from '@elucidate/store/migrate';
import { openStore, type Store } from '@elucidate/store/store';

export interface TestStore {
  store: Store;
  url: string;
  /** A folder for checkpoints and artifacts, removed with the store. */
  home: string;
  close(): Promise<void>;
}

/** A store over a fresh, migrated database. */
export async function openTestStore(): Promise<TestStore> {
  const database = await createTestDatabase(migrate);
  const home = await mkdtemp(join(tmpdir(), 'elucidate-dispatch-'));
  const store = await openStore({ url: database.url, artifacts: join(home, 'artifacts'), onError: () => undefined });
  const close = async (): Promise<void> => {
    await store.close();
    await database.drop();
    await rm(home, { recursive: true, force: true });
  };
  return { store, url: database.url, home, close };
}

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

export interface OpenTestStore extends Omit<TestStore, 'close'> {
  query<T>(text: string, params?: unknown[]): Promise<T[]>;
}

/** A store for the tests of a file: one that all of them share, or a fresh one for each. */
export function useTestStore(per: 'file' | 'test' = 'file'): OpenTestStore {
  let opened: TestStore | undefined;
  const current = (): TestStore => {
    if (!opened) throw new Error('The store is there in tests only');
    return opened;
  };
  const [before, after] = per === 'file' ? [beforeAll, afterAll] : [beforeEach, afterEach];
  before(async () => {
    opened = await openTestStore();
  });
  after(() => current().close());
  return {
    get store() { return current().store; }, get url() { return current().url; }, get home() { return current().home; },
    query: (text, params = []) => current().store.db.query(text, params),
  };
}

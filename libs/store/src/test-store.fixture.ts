import { createTestDatabase } from '@elucidate/embedded/test-database';
import type { DataSource } from 'typeorm';
import { connect } from './data-source.js';
import { migrate } from './migrate.js';

/** A migrated database shared by all tests of one file. */
export function useDatabase(): { readonly db: DataSource; readonly url: string } {
  let opened: { db: DataSource; url: string; drop: () => Promise<void> } | undefined;
  const current = (): { db: DataSource; url: string; drop: () => Promise<void> } => {
    if (!opened) throw new Error('The database is there in tests only');
    return opened;
  };
  beforeAll(async () => {
    const { url, drop } = await createTestDatabase(migrate);
    opened = { url, drop, db: await connect({ url }) };
  });
  afterAll(async () => {
    await current().db.destroy();
    await current().drop();
  });
  return { get db() { return current().db; }, get url() { return current().url; } };
}

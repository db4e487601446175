import type { DataSource } from 'typeorm';
import { openArtifacts } from './artifact-stores/open.js';
import type { ArtifactStore } from './artifacts.js';
import { connect, type DatabaseOptions } from './data-source.js';
import { requireCurrentSchema } from './migrate.js';
import { requireLastingSettings } from './pooler.js';

/** Everything elucidate stores: rows in PostgreSQL, bytes by their hash. */
export interface Store {
  db: DataSource;
  artifacts: ArtifactStore;
  close(): Promise<void>;
}

export interface StoreOptions extends DatabaseOptions {
  /** Address of the artifacts: a folder, created if absent, or a URL. */
  artifacts: string;
}

/** Opens a migrated database and its artifacts. Throws 'database.unreachable', 'database.outdated', 'database.unsuitable'. */
export async function openStore({ artifacts: address, ...database }: StoreOptions): Promise<Store> {
  const artifacts = await openArtifacts(address);
  const db = await connect(database);
  try {
    await requireCurrentSchema(db);
    await requireLastingSettings(db);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return { db, artifacts, close: () => db.destroy() };
}

import type { DataSource } from 'typeorm';
import { openArtifacts, type Artifacts } from './artifacts.js';
import { connect, type DatabaseOptions } from './data-source.js';
import { requireCurrentSchema } from './migrate.js';

/** Everything elucidate remembers: rows in PostgreSQL, bytes by their hash. */
export interface Store {
  db: DataSource;
  artifacts: Artifacts;
  close(): Promise<void>;
}

export interface StoreOptions extends DatabaseOptions {
  /** Folder of the artifacts; made when absent. */
  artifactsDir: string;
}

/** Opens a migrated database and its artifacts. Throws 'database.unreachable', 'database.outdated'. */
export async function openStore({ artifactsDir, ...database }: StoreOptions): Promise<Store> {
  const artifacts = await openArtifacts(artifactsDir);
  const db = await connect(database);
  try {
    await requireCurrentSchema(db);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return { db, artifacts, close: () => db.destroy() };
}

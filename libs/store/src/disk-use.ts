import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { rows, type Queryable } from './queryable.js';

export interface DatabaseUse {
  /** Of the whole database, in bytes, the queue's schema included. */
  bytes: number;
  /** Artifacts that the database knows, and their bytes. */
  artifacts: number;
  artifactBytes: number;
  /** The largest tables with their indexes, in bytes. */
  tables: { name: string; bytes: number }[];
}

/** The disk that a database takes, and the artifacts that it knows. */
export async function databaseUse(db: Queryable): Promise<DatabaseUse> {
  const [sums] = await rows<Omit<DatabaseUse, 'tables'>>(db, `
    select pg_database_size(current_database())::double precision as bytes, count(*)::int as artifacts, coalesce(sum(size_bytes), 0)::double precision as "artifactBytes" from artifacts`);
  const tables = await rows<DatabaseUse['tables'][number]>(db, `
    select relname as name, pg_total_relation_size(oid)::double precision as bytes from pg_class
    where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') order by 2 desc, 1 limit 5`);
  return { ...(sums ?? { bytes: 0, artifacts: 0, artifactBytes: 0 }), tables };
}

/** Bytes of all files below a folder; 0 if it is not there. */
export async function sizeOfFolder(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  let bytes = 0;
  for (const entry of entries) if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name)).catch(() => ({ size: 0 }))).size;
  return bytes;
}

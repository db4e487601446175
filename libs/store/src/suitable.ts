import { ElucidateError } from '@elucidate/experiment/errors';
import { quoted, rows, type Queryable } from './queryable.js';

interface Facts {
  version: number;
  encoding: string;
  readOnly: boolean;
  /** Null: no schema of the search path exists. */
  schema: string | null;
  mayCreate: boolean;
  role: string;
  database: string;
  searchPath: string;
}

const oldestVersion = 140_000;

/** What keeps a database from holding our schema, and what to do; null if nothing does. */
function unsuitable({ version, encoding, readOnly, schema, mayCreate, role, database, searchPath }: Facts): string | null {
  if (version < oldestVersion) return `Database ${database} is on PostgreSQL ${Math.floor(version / 10_000)}; 14 or later is needed`;
  if (encoding !== 'UTF8') return `Database ${database} is encoded in ${encoding}; make one with: create database elucidate encoding 'UTF8' template template0`;
  if (readOnly) return `Database ${database} is read-only for ${role}: DATABASE_URL names a standby server, or the role or database has default_transaction_read_only on; name the primary, or: alter role ${quoted(role)} set default_transaction_read_only = off`;
  if (schema === null) return `No schema of ${role}'s search path (${searchPath}) exists in database ${database}; make one, for example: create schema authorization ${quoted(role)}`;
  if (!mayCreate) return `Role ${role} may not create tables in schema ${schema} of database ${database}; grant it: grant create on schema ${quoted(schema)} to ${quoted(role)}`;
  return null;
}

/** Throws 'database.unsuitable', with what to grant or make, for a database in which our tables cannot be made. */
export async function requireSuitable(db: Queryable): Promise<void> {
  const [facts] = await rows<Facts>(db, `
    select current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding, current_setting('transaction_read_only') = 'on' as "readOnly",
      current_schema() as schema, coalesce(has_schema_privilege(current_schema(), 'create'), false) as "mayCreate",
      current_user::text as role, current_database()::text as database, current_setting('search_path') as "searchPath"`);
  const reason = facts === undefined ? null : unsuitable(facts);
  if (reason !== null) throw new ElucidateError('database.unsuitable', reason);
}

import { ElucidateError } from '@elucidate/experiment/errors';
import type { DataSource } from 'typeorm';
import { quoted, rows, type Queryable } from './queryable.js';
import { lackingDefaults } from './session.js';

const rounds = 5;

/** Asks a connection for the process of the server that answers it. */
export const serverProcess = 'select pg_backend_pid() as pid';

/**
 * `first` and `second` ask two connections, both open, for their `serverProcess`. True if they lead through a pooler that gives one connection of the server to many clients in turn, such as
 * PgBouncer with `pool_mode = transaction`. Otherwise each has a process of the server to itself.
 */
export async function shareServers(first: () => Promise<number>, second: () => Promise<number>): Promise<boolean> {
  for (let i = 0; i < rounds; i++) if ((await first()) === (await second())) return true;
  return false;
}

/**
 * Refuses a pooler in transaction mode, through which our settings do not last, unless the role has them of itself: a transaction could find
 * itself on a connection that nobody prepared, in another isolation, or without the limit that frees what a frozen process has locked.
 * Throws 'database.unsuitable' with the statements that give the role what it needs.
 */
export async function requireLastingSettings(db: DataSource): Promise<void> {
  const [first, second] = [db.createQueryRunner(), db.createQueryRunner()];
  const processOf = (connection: Queryable) => async (): Promise<number> => (await rows<{ pid: number }>(connection, serverProcess))[0]!.pid;
  try {
    const lacking = await first.manager.transaction((transaction) => lackingDefaults(transaction));
    if (lacking.length > 0 && (await shareServers(processOf(first), processOf(second)))) throw new ElucidateError('database.unsuitable', await refusal(first, lacking));
  } finally {
    await Promise.all([first.release(), second.release()]);
  }
}

async function refusal(db: Queryable, lacking: readonly { name: string; value: string }[]): Promise<string> {
  const [{ role, database } = { role: '', database: '' }] = await rows<{ role: string; database: string }>(db, 'select current_user::text as role, current_database()::text as database');
  const statements = lacking.map(({ name, value }) => `alter role ${quoted(role)} in database ${quoted(database)} set ${name} = '${value}';`);
  return `DATABASE_URL leads through a pooler in transaction mode (such as PgBouncer), where settings of a session do not last. Let the role have them of itself, and the pooler open new connections (PgBouncer: RECONNECT), or let DATABASE_URL name the PostgreSQL itself:\n${statements.join('\n')}`;
}

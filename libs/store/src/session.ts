import type { ClientBase } from 'pg';
import { rows, type Queryable } from './queryable.js';

/**
 * What every connection of ours relies on, whatever the role, the database or the environment says. Set by a statement on each new connection: a pooler
 * such as PgBouncer refuses them as start-up options. A transaction that its client leaves open, by freezing or vanishing, is ended by the server within
 * `idle_in_transaction_session_timeout`, and the connection of a client that vanished within a minute.
 */
const settings: Readonly<Record<string, string>> = {
  // transitions look, after they have committed, at what others committed
  default_transaction_isolation: 'read committed',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  // the shortest text that gives the same float8 again
  extra_float_digits: '1',
  bytea_output: 'hex',
  // compiling costs more than any query of ours
  jit: 'off',
  statement_timeout: '5min',
  lock_timeout: '10s',
  idle_in_transaction_session_timeout: '30s',
};

/** Not every platform has these. */
const keepAlive: Readonly<Record<string, string>> = {
  tcp_keepalives_idle: '15',
  tcp_keepalives_interval: '5',
  tcp_keepalives_count: '3',
  tcp_user_timeout: '30s',
  client_connection_check_interval: '10s',
};

const setting = (required: boolean) => ([name, value]: [string, string]): string =>
  required ? `perform set_config('${name}', '${value}', false);` : `begin perform set_config('${name}', '${value}', false); exception when others then null; end;`;

const setUp = `do $$ begin ${Object.entries(settings).map(setting(true)).join(' ')} ${Object.entries(keepAlive).map(setting(false)).join(' ')} end $$`;

/** Prepares a new connection. `searchPath`: a schema to look in instead of the role's own. */
export async function prepareSession(client: Pick<ClientBase, 'query'>, searchPath?: string): Promise<void> {
  // first: the role's own may be too short for the rest
  await client.query(`set statement_timeout = '${settings['statement_timeout']}'`);
  await client.query(setUp);
  if (searchPath !== undefined) await client.query(`select set_config('search_path', $1, false)`, [searchPath]);
}

/** Of what every connection relies on, what a new one does not have unless we set it, with the value it needs; speed alone is not relied on. Runs in a transaction, so that all of it is asked of one connection. */
export async function lackingDefaults(transaction: Queryable): Promise<{ name: string; value: string }[]> {
  await transaction.query(setUp);
  const relied = Object.keys(settings).filter((name) => name !== 'jit');
  return rows(transaction, 'select name, current_setting(name) as value from pg_settings where name = any($1) and setting is distinct from reset_val order by name', [relied]);
}

/** Lifts the time limits from a transaction that may take long, such as a migration or a back-up. */
export async function liftTimeLimits(transaction: Queryable): Promise<void> {
  for (const name of ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout']) await transaction.query(`set local ${name} = 0`);
}

/** Options of a pg.Pool for every pool of ours. */
export const poolOptions = (searchPath?: string): { keepAlive: true; keepAliveInitialDelayMillis: number; onConnect: (client: ClientBase) => Promise<void> } =>
  ({ keepAlive: true, keepAliveInitialDelayMillis: 10_000, onConnect: (client) => prepareSession(client, searchPath) });

import { stageKinds } from '@elucidate/experiment/stages';
import { createPostgresBackend, Queue, runMigrations, Worker, type BackendFactory, type PgPool } from 'bullmq';
import pg from 'pg';
import { ElucidateError } from '@elucidate/experiment/errors';
import { serverProcess, shareServers } from '@elucidate/store/pooler';
import { poolOptions } from '@elucidate/store/session';
import { queueName, stalledOptions, within, workerOptions, type BullBackend, type BullQueue, type BullWorker } from './bull-backend.js';
import { listenToPostgres } from './bull-listen.js';

const schema = 'bullmq';
const operationMs = 15_000;
const maxConnections = 3;

/** Beyond what all our connections have. Jobs are hints, so a commit need not wait for the disk. */
const session = `set synchronous_commit to off; set default_transaction_read_only to off; set statement_timeout to ${operationMs}; set lock_timeout to ${operationMs}`;

/** A LISTEN connection for each worker is BullMQ's default; ours is one for all kinds. */
const withoutListener: BackendFactory = (name, options) => createPostgresBackend(name, options as Parameters<typeof createPostgresBackend>[1], {});

/** BullMQ's tables in schema "bullmq" of a database. Throws 'queue.unreachable', also for a pooler that BullMQ cannot work through. */
export async function openPostgresBackend(connectionString: string, onError: (error: Error) => void): Promise<BullBackend> {
  const { onConnect, ...ours } = poolOptions(schema);
  const prepare = async (client: pg.PoolClient): Promise<void> => {
    await onConnect(client);
    await client.query(session);
  };
  const pool = new pg.Pool({ ...ours, connectionString, max: maxConnections, connectionTimeoutMillis: operationMs, query_timeout: operationMs, onConnect: prepare } as pg.PoolConfig);
  pool.setMaxListeners(4 * stageKinds.length);
  pool.on('error', onError);
  try {
    await requireSessions(connectionString, onError);
    await migrate(pool);
  } catch (cause) {
    await pool.end();
    if (cause instanceof ElucidateError) throw cause;
    throw new ElucidateError('queue.unreachable', `The queue's PostgreSQL does not answer (${(cause as Error).message}); check DATABASE_URL, or QUEUE_DATABASE_URL where it is set`, { cause });
  }
  const connection = { connection: pool as unknown as PgPool };
  return {
    name: 'BullMQ on PostgreSQL',
    queue: (kind) => new Queue(queueName(kind), { ...connection, ...stalledOptions } as never, createPostgresBackend) as unknown as BullQueue,
    worker: (kind) => new Worker(queueName(kind), null, { ...connection, ...workerOptions } as never, withoutListener) as unknown as BullWorker,
    present: async (kind, ids) => {
      const { rows } = await pool.query<{ id: string }>('select id from job where queue = $1 and id = any($2)', [queueName(kind), ids]);
      return new Set(rows.map(({ id }) => id));
    },
    run: (operation) => healing(pool, () => within(operationMs, operation(), 'the queue\'s PostgreSQL')),
    listen: () => listenToPostgres(connectionString, onError),
    close: () => pool.end(),
  };
}

async function migrate(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  await runMigrations(client).finally(() => client.release());
}

/** SQLSTATEs of a schema that is not there, wholly or in part. */
const missing = /^(3F000|42P01|42883|42704|42703)$/;
/** What a function says that was planned with a table which is dropped at that moment: an internal error, XX000. */
const goneMeanwhile = /could not open relation with OID/;
const isMissing = (error: unknown): boolean => {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  return missing.test(code) || goneMeanwhile.test(message);
};

/** Runs an operation; if the queue's tables have been dropped, makes them again and tries once more. They hold hints only, so what is left of them may go. */
async function healing<T>(pool: pg.Pool, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
  }
  await migrate(pool);
  try {
    return await operation();
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
  }
  await pool.query(`drop schema if exists ${schema} cascade`);
  await migrate(pool);
  return operation();
}

/**
 * Refuses a pooler in transaction mode: BullMQ needs its search path and LISTEN to last.
 * Asks over connections that were given neither: the pooler would lend them, search path and all, to other processes, which then miss their tables.
 */
async function requireSessions(connectionString: string, onError: (error: Error) => void): Promise<void> {
  const pool = new pg.Pool({ connectionString, max: 2, connectionTimeoutMillis: operationMs, query_timeout: operationMs });
  pool.on('error', onError);
  const held: pg.PoolClient[] = [];
  const hold = async (): Promise<() => Promise<number>> => {
    const client = await pool.connect();
    held.push(client);
    return async () => (await client.query<{ pid: number }>(serverProcess)).rows[0]!.pid;
  };
  try {
    if (await shareServers(await hold(), await hold())) throw new ElucidateError('queue.unreachable', 'DATABASE_URL leads through a pooler in transaction mode (such as PgBouncer), through which BullMQ cannot work: set QUEUE_DATABASE_URL to the address of the PostgreSQL itself, or REDIS_URL to a Redis');
  } finally {
    for (const client of held) client.release();
    await pool.end();
  }
}

import { createPostgresBackend, Queue, runMigrations, Worker, type PgPool } from 'bullmq';
import pg from 'pg';
import type { PeerTask, RunPeer } from '../peer-table.js';
import { collectTimes } from './clock.js';

type Extra = [] | [typeof createPostgresBackend];

/** As BullMQ's guide has it, with jobs that are removed once they are done, as ours are. */
async function run({ jobs, slots }: PeerTask, connection: object, ...factory: Extra): Promise<number[]> {
  const times = collectTimes(jobs);
  const queue = new Queue('bench', connection as never, ...(factory as []));
  for (let from = 0; from < jobs; from += 1000) {
    await queue.addBulk(Array.from({ length: Math.min(1000, jobs - from) }, (_, index) => ({ name: 'job', data: { index: from + index }, opts: { removeOnComplete: true } })));
  }
  const worker = new Worker('bench', async () => times.ran(), { ...connection, concurrency: slots } as never, ...(factory as []));
  const all = await times.all;
  await worker.close();
  await queue.close();
  return all;
}

export const onRedis: RunPeer = (task) => run(task, { connection: { url: task.redisUrl, maxRetriesPerRequest: null } });

export const onPostgres: RunPeer = async (task) => {
  const pool = new pg.Pool({ connectionString: task.databaseUrl, max: 10, options: '-c search_path=bullmq' });
  await pool.query('create schema if not exists bullmq');
  const client = await pool.connect();
  await runMigrations(client).finally(() => client.release());
  const all = await run(task, { connection: pool as unknown as PgPool }, createPostgresBackend);
  await pool.end();
  return all;
};

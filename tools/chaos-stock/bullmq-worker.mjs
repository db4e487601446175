/**
 * A worker as BullMQ's guide has it: does the work, writes the result to Postgres, returns. argv: JSON { backend, redisUrl?, databaseUrl, lockMs }.
 * With argv[3] 'produce', adds the cells of argv[4] instead, and ends.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createPostgresBackend, Queue, runMigrations, Worker } from 'bullmq';
import pg from 'pg';

const { backend, redisUrl, databaseUrl, lockMs, cellMs } = JSON.parse(process.argv[2]);
const pool = new pg.Pool({ connectionString: databaseUrl, max: 4 }).on('error', () => {});
const bullPool = new pg.Pool({ connectionString: databaseUrl, max: 8, options: '-c search_path=bullmq' }).on('error', () => {});

async function backendOf() {
  if (backend === 'redis') return [{ connection: { url: redisUrl, maxRetriesPerRequest: null } }];
  const client = await bullPool.connect();
  await runMigrations(client).finally(() => client.release());
  return [{ connection: bullPool }, createPostgresBackend];
}

const [connection, factory] = await backendOf();
if (process.argv[3] === 'produce') {
  const queue = new Queue('cells', connection, ...(factory ? [factory] : []));
  await queue.addBulk(Array.from({ length: Number(process.argv[4]) }, (_, cell) => ({ name: 'cell', data: { cell } })));
  process.exit(0);
}
const worker = new Worker('cells', async ({ data: { cell } }) => {
  await pool.query('insert into starts (cell, worker) values ($1, $2)', [cell, process.pid]);
  await sleep(cellMs);
  await pool.query('insert into results (cell, value, worker) values ($1, $2, $3)', [cell, cell * cell, process.pid]);
}, { ...connection, lockDuration: lockMs, stalledInterval: lockMs }, ...(factory ? [factory] : []));
worker.on('error', () => {});
process.send?.('ready');
process.on('disconnect', () => process.exit(0));

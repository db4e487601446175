import pg from 'pg';
import { openBullQueue } from './bull.js';
import { describeQueue } from './conformance.fixture.js';
import { createInlineQueue } from './inline.js';
import type { Queue } from './queue.js';
import { startRedis } from './redis.fixture.js';
import { stageKinds } from '@elucidate/experiment/stages';

describeQueue('inline', async () => {
  const shared = createInlineQueue();
  let lost = false;
  // loses jobs added during a wipe: all that an in-process queue can lose
  const queue: Queue = { ...shared, add: async (jobs) => (lost ? void (lost = false) : shared.add(jobs)) };
  return { open: async () => queue, wipe: async () => void (lost = true), close: () => shared.close() };
});

describeQueue('BullMQ on PostgreSQL', async ({ url }) => {
  const sql = new pg.Client({ connectionString: url });
  await sql.connect();
  const opened: Queue[] = [];
  const open = async (): Promise<Queue> => {
    const queue = await openBullQueue({ databaseUrl: url });
    opened.push(queue);
    return queue;
  };
  const wipe = async (): Promise<void> => {
    const { rows } = await sql.query<{ name: string }>(`select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'bullmq' and tablename like '%job%'`);
    await sql.query(`truncate ${rows.map(({ name }) => name).join(', ')} cascade`);
  };
  return { open, wipe, close: async () => {
    await sql.end();
  } };
});

const redis = startRedis();
if (redis === null) test.skip('queue: BullMQ on Redis: no redis-server on PATH (apt-get install redis-server) and no ELUCIDATE_TEST_REDIS', () => undefined);
else {
  afterAll(() => redis.stop());
  describeQueue('BullMQ on Redis', async ({ url }) => ({
    open: async () => openBullQueue({ databaseUrl: url, redisUrl: await redis.url }),
    wipe: () => redis.flush(),
    close: () => redis.flush(),
  }));
}

test('every kind of stage has a queue', async () => {
  expect(Object.keys(await createInlineQueue().depth())).toEqual([...stageKinds]);
});

/** The faults of the chaos suite that concern a queue with workers, under its ids. A fault gets { workers, replace, redis, postgres, database }. */
import { setTimeout as sleep } from 'node:timers/promises';

const freezeMs = 16_000;

async function truncateQueue(database) {
  const tables = await database.rows(`select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'bullmq' and tablename <> 'migration'`);
  await database.rows(`truncate ${tables.map(({ name }) => name).join(', ')}`);
}

export const faults = {
  none: { title: 'no fault', on: () => true, inflict: async () => {} },
  W1: {
    title: 'a worker is killed (SIGKILL), and replaced', on: () => true,
    async inflict({ workers, replace }) {
      workers[0].kill('SIGKILL');
      await replace(0);
    },
  },
  W3: {
    title: 'a worker is frozen for four leases (SIGSTOP), then continues', on: () => true,
    async inflict({ workers }) {
      workers[0].kill('SIGSTOP');
      await sleep(freezeMs);
      workers[0].kill('SIGCONT');
    },
  },
  R1: {
    title: 'Redis is killed with its data and started again', on: (name) => name.endsWith('Redis'),
    async inflict({ redis }) {
      await redis.kill();
      await redis.start();
    },
  },
  R2: { title: 'FLUSHALL', on: (name) => name.endsWith('Redis'), inflict: ({ redis }) => redis.flush() },
  Q1: { title: 'the queue\'s tables are truncated', on: (name) => name === 'BullMQ on Postgres', inflict: ({ database }) => truncateQueue(database) },
  P1: { title: 'PostgreSQL is killed (SIGKILL) and recovers', on: () => true, inflict: ({ postgres }) => postgres.kill() },
  P3: {
    title: 'every connection is cut, every 200 ms for 4 s', on: () => true,
    async inflict({ database }) {
      for (let time = 0; time < 20; time++) {
        await database.rows('select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()');
        await sleep(200);
      }
    },
  },
};

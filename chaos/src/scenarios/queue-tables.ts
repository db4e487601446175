import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../database.js';
import type { Scenario } from '../scenario.js';

const tables = async ({ rows }: Database): Promise<string> => {
  const found = await rows<{ name: string }>(`select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'bullmq' and tablename <> 'migration'`);
  return found.map(({ name }) => name).join(', ');
};

export const queueTruncated: Scenario = {
  id: 'Q1', title: 'the queue\'s tables are truncated, five times', queues: ['postgres'], short: true,
  async fault({ fleet: { database } }) {
    for (let time = 0; time < 5; time++) {
      await database.rows(`truncate ${await tables(database)}`);
      await sleep(500);
    }
  },
  expected: { uncounted: true },
};

export const queueDropped: Scenario = {
  id: 'Q2', title: 'the queue\'s schema is dropped', queues: ['postgres'],
  async fault({ fleet: { database } }) {
    await database.rows('drop schema bullmq cascade');
  },
  expected: { uncounted: true },
};

export const queueLocked: Scenario = {
  id: 'Q3', title: 'the queue\'s tables are locked for 15 s', queues: ['postgres'],
  async fault({ fleet: { database } }) {
    const client = await database.client();
    await client.query('begin');
    await client.query(`lock table ${await tables(database)} in access exclusive mode`);
    await sleep(15_000);
    await client.query('commit');
    await client.end();
  },
  expected: { uncounted: true },
};

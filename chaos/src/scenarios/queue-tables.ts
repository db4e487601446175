import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../database.js';
import { counted } from '../effects.js';
import type { Scenario } from '../scenario.js';

const tables = async ({ rows }: Database): Promise<string[]> =>
  (await rows<{ name: string }>(`select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'bullmq' and tablename <> 'migration'`)).map(({ name }) => name);

/** Rows in all of the queue's tables. */
async function contents(database: Database): Promise<number> {
  const counts = (await tables(database)).map((name) => `(select count(*) from ${name})`);
  return (await database.rows<{ n: number }>(`select (${counts.join(' + ') || '0'})::int as n`))[0]?.n ?? 0;
}

export const queueTruncated: Scenario = {
  id: 'Q1', title: 'the queue\'s tables are truncated, five times', queues: ['postgres'], short: true,
  async fault({ fleet: { database } }) {
    let lost = 0;
    for (let time = 0; time < 5; time++) {
      lost += await contents(database);
      await database.rows(`truncate ${(await tables(database)).join(', ')}`);
      await sleep(500);
    }
    return { effect: counted(lost, 'rows of the queue were lost') };
  },
  expected: { uncounted: true },
};

export const queueDropped: Scenario = {
  id: 'Q2', title: 'the queue\'s schema is dropped', queues: ['postgres'],
  async fault({ fleet: { database } }) {
    const lost = await contents(database);
    await database.rows('drop schema bullmq cascade');
    return { effect: counted(lost, 'rows of the queue were lost') };
  },
  expected: { uncounted: true },
};

export const queueLocked: Scenario = {
  id: 'Q3', title: 'the queue\'s tables are locked for 15 s', queues: ['postgres'],
  async fault({ fleet: { database } }) {
    const client = await database.client();
    await client.query('begin');
    await client.query(`lock table ${(await tables(database)).join(', ')} in access exclusive mode`);
    let waiting = 0;
    for (let second = 0; second < 15; second++) {
      await sleep(1000);
      const [{ n } = { n: 0 }] = await database.rows<{ n: number }>(`select count(distinct pid)::int as n from pg_locks where not granted and pid <> pg_backend_pid() and locktype = 'relation'`);
      waiting = Math.max(waiting, n);
    }
    await client.query('commit');
    await client.end();
    return { effect: counted(waiting, 'connections waited for the queue\'s tables') };
  },
  expected: { uncounted: true },
};

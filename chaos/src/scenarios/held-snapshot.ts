import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../database.js';
import type { Scenario } from '../scenario.js';
import { quickSweep } from '../sweep.js';

const cells = 300;
/** Stages until throughput is measured, and for as many more the snapshot is not yet held. */
const [warmUp, free] = [60, 240];

const done = async ({ rows }: Database): Promise<number> => (await rows<{ n: number }>(`select count(*)::int as n from attempts where outcome = 'done'`))[0]?.n ?? 0;
const deadTuples = async ({ rows }: Database): Promise<number> => (await rows<{ n: number }>('select sum(n_dead_tup)::int as n from pg_stat_user_tables'))[0]?.n ?? 0;

/** Waits until so many attempts have ended, and returns how many that was a second. */
async function until(database: Database, count: number): Promise<number> {
  const [began, first] = [Date.now(), await done(database)];
  let now = first;
  while (now < count) {
    await sleep(100);
    now = await done(database);
  }
  return (now - first) / ((Date.now() - began) / 1000);
}

export const heldSnapshot: Scenario = {
  id: 'P6', title: 'a transaction in repeatable read is left open while 600 stages end', queues: ['postgres', 'redis'],
  sweep: (seed) => quickSweep(seed, cells),
  async fault({ fleet: { database } }) {
    await until(database, warmUp);
    const before = await until(database, warmUp + free);
    const deadBefore = await deadTuples(database);
    const client = await database.client();
    await client.query('begin isolation level repeatable read');
    await client.query('select count(*) from stages');
    const began = Date.now();
    const during = await until(database, 3 * cells);
    const heldS = (Date.now() - began) / 1000;
    const deadAfter = await deadTuples(database);
    await client.query('commit');
    await client.end();
    return { notes: [`${before.toFixed(1)} stages a second before, ${during.toFixed(1)} while the snapshot was held for ${heldS.toFixed(0)} s; dead tuples ${deadBefore} before, ${deadAfter} after`] };
  },
  expected: { uncounted: true },
};

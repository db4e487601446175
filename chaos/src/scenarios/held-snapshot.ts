import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@elucidate/e2e/eventually';
import type { Database } from '../database.js';
import { counted } from '../effects.js';
import type { Scenario } from '../scenario.js';
import { quickSweep } from '../sweep.js';

const trials = 1000;
/** Throughput is measured for so long with the snapshot held, and before and after for half of that without. */
const heldS = 120;
/** Stages that end before anything is measured. */
const warmUp = 60;

async function numberOf({ rows }: Database, query: string, parameters: readonly unknown[] = []): Promise<number> {
  return (await rows<{ n: number }>(query, parameters))[0]?.n ?? 0;
}
const done = (database: Database): Promise<number> => numberOf(database, `select count(*)::int as n from attempts where outcome = 'done'`);

interface Phase {
  perSecond: number;
  seconds: number;
  /** Rows that no statement sees any more, in all tables, at its end. */
  dead: number;
}

/** Lets the fleet work for some seconds, or until its work is done. */
async function measure(database: Database, seconds: number): Promise<Phase> {
  const [began, before] = [Date.now(), await done(database)];
  while (Date.now() - began < seconds * 1000 && (await done(database)) < 3 * trials) await sleep(500);
  const [ms, count] = [Date.now() - began, (await done(database)) - before];
  return { perSecond: count / (ms / 1000), seconds: ms / 1000, dead: await numberOf(database, 'select sum(n_dead_tup)::int as n from pg_stat_user_tables') };
}

/** What a dump does while it waits for its reader: one snapshot, and a lock on every table against changes of its shape. Returns how to end it, and its session. */
async function holdSnapshot(database: Database): Promise<{ pid: number; end(): Promise<void> }> {
  const tables = await database.rows<{ name: string }>(`select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`);
  const client = await database.client();
  await client.query('begin isolation level repeatable read, read only');
  await client.query(`lock table ${tables.map(({ name }) => name).join(', ')} in access share mode`);
  const { rows: [session] } = await client.query<{ pid: number }>('select pg_backend_pid() as pid, count(*) from stages');
  return { pid: session!.pid, end: async () => {
    await client.query('commit');
    await client.end();
  } };
}

/** How many transactions ago the snapshot of a session is; 0 if it has none. */
const ageOf = (database: Database, pid: number): Promise<number> => numberOf(database, 'select coalesce(age(backend_xmin), 0)::int as n from pg_stat_activity where pid = $1', [pid]);

const phaseText = (when: string, { perSecond, seconds, dead }: Phase): string => `${when}, ${seconds.toFixed(0)} s: ${perSecond.toFixed(1)} stages a second, then ${dead} dead rows`;

export const heldSnapshot: Scenario = {
  id: 'P6', title: `a dump is kept open for ${heldS} s while stages end: one snapshot, every table locked against changes of its shape`, queues: ['postgres', 'redis'], alone: true,
  sweep: (seed) => quickSweep(seed, trials),
  async fault({ fleet: { database } }) {
    await eventually('the first stages', async () => (await done(database)) >= warmUp);
    const before = await measure(database, heldS / 2);
    const { pid, end } = await holdSnapshot(database);
    const during = await measure(database, heldS);
    const age = await ageOf(database, pid);
    await end();
    const after = await measure(database, heldS / 2);
    return { effect: counted(age, 'transactions were younger than the snapshot when it was given up'), notes: [phaseText('before', before), phaseText('held', during), phaseText('after', after)] };
  },
  expected: { uncounted: true },
};

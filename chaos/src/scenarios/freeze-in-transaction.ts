import { eventually } from '@elucidate/e2e/eventually';
import { counted } from '../effects.js';
import type { Fleet } from '../fleet.js';
import { ownerOfPort, signalTo, untilFrozen } from '../processes.js';
import type { Scenario } from '../scenario.js';
import { leaveFor } from '../targets.js';

/** A trigger that makes a completion last, so that its sender can be frozen in the middle of it. */
const slow = (seconds: number): string => `
  create or replace function chaos_slow() returns trigger language plpgsql as $$ begin perform pg_sleep(${seconds}); return new; end $$`;

/** The local ports of the connections that wait for a completion. */
const completing = async ({ database }: Fleet): Promise<number[]> =>
  (await database.rows<{ port: number }>(`select client_port as port from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`)).map(({ port }) => port);

/** Freezes a worker of which a completion is under way, and still is once it has stopped. */
async function freezeOne(fleet: Fleet): Promise<number | undefined> {
  for (const port of await completing(fleet)) {
    const pid = await ownerOfPort(port, fleet.workers.map((worker) => worker.pid));
    if (pid === undefined) continue;
    signalTo(pid, 'SIGSTOP');
    await untilFrozen(pid);
    if ((await completing(fleet)).includes(port)) return pid;
    signalTo(pid, 'SIGCONT');
  }
  return undefined;
}

export const freezeInTransaction: Scenario = {
  id: 'W5', title: 'a worker is frozen for four leases in the middle of a completion', queues: ['postgres', 'redis'], needs: ['linux'], short: true,
  async prepare({ database }) {
    await database.rows(slow(1));
    await database.rows('create trigger chaos_slow before insert on stage_outputs for each row execute function chaos_slow()');
  },
  async fault({ fleet }) {
    const pid = await eventually('a completion', () => freezeOne(fleet), 60_000);
    await fleet.database.rows(slow(0));
    await leaveFor(4, fleet);
    signalTo(pid, 'SIGCONT');
    return { effect: counted(1, 'worker stood still while its completion was under way') };
  },
  expected: { goesOn: true },
};

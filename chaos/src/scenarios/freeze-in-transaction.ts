import { eventually } from '@elucidate/e2e/eventually';
import type { Fleet } from '../fleet.js';
import { ownerOfPort, signalTo } from '../processes.js';
import type { Scenario } from '../scenario.js';
import { leaveFor } from '../targets.js';

/** A trigger that makes a completion last, so that its sender can be frozen in the middle of it. */
const slow = (seconds: number): string => `
  create or replace function chaos_slow() returns trigger language plpgsql as $$ begin perform pg_sleep(${seconds}); return new; end $$`;

/** The worker that is waiting for a completion. */
async function completing({ database, workers }: Fleet): Promise<number | undefined> {
  const found = await database.rows<{ port: number }>(`select client_port as port from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`);
  for (const { port } of found) {
    const pid = await ownerOfPort(port, workers.map((worker) => worker.pid));
    if (pid !== undefined) return pid;
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
    const pid = await eventually('a completion', () => completing(fleet), 60_000);
    signalTo(pid, 'SIGSTOP');
    await fleet.database.rows(slow(0));
    await leaveFor(4, fleet);
    signalTo(pid, 'SIGCONT');
  },
  expected: { goesOn: true },
};

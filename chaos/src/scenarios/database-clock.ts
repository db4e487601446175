import { all, attemptsOf, counted } from '../effects.js';
import type { Scenario } from '../scenario.js';
import { busyWorker, replace } from '../targets.js';

/** What a clock that is stepped back leaves behind: every time that was stored lies an hour ahead. */
const stepBack = `
  update stages set lease_expires_at = lease_expires_at + interval '1 hour', not_before = not_before + interval '1 hour', ready_at = ready_at + interval '1 hour'
  where state in ('running', 'ready') returning state`;

const leasesIn = (moved: readonly { state: string }[]): number => moved.filter(({ state }) => state === 'running').length;

export const databaseClock: Scenario = {
  id: 'P4', title: 'a worker is killed and the database\'s clock is stepped back an hour (by shifting what it has stored)', queues: ['postgres', 'redis'],
  async fault(attack) {
    const { database } = attack.fleet;
    const worker = await busyWorker(attack);
    await worker.end('SIGKILL');
    const moved = await database.rows<{ state: string }>(stepBack);
    await database.rows(`update workers set seen_at = seen_at + interval '1 hour'`);
    await replace(attack.fleet, worker);
    return { effect: all(counted(leasesIn(moved), 'leases were moved an hour ahead'), attemptsOf([worker.pid], 'expired')) };
  },
};

export const databaseClockForward: Scenario = {
  id: 'P5', title: 'the database\'s clock is stepped forward an hour (by shifting what it has stored)', queues: ['postgres', 'redis'],
  async fault({ fleet: { database } }) {
    const moved = await database.rows<{ state: string }>(stepBack.replaceAll('+ interval', '- interval'));
    return { effect: counted(leasesIn(moved), 'leases ended an hour ago') };
  },
};

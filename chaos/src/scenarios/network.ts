import { setTimeout as sleep } from 'node:timers/promises';
import { leaseS, type Fleet } from '../fleet.js';
import { openNetwork, type Network } from '../network.js';
import type { Scenario } from '../scenario.js';
import { leaveFor } from '../targets.js';

/** One of two workers reaches PostgreSQL and Redis over a cable of its own. */
const networks = new WeakMap<Fleet, Network>();

const onACable = {
  queues: ['postgres', 'redis'], needs: ['linux', 'root'],
  async workers(fleet: Fleet) {
    const network = openNetwork();
    networks.set(fleet, network);
    const DATABASE_URL = await network.reach(fleet.database.url);
    const REDIS_URL = fleet.redis === undefined ? '' : await network.reach(fleet.redis.url);
    return [{ through: network.through, env: { DATABASE_URL, REDIS_URL } }, {}];
  },
  clean: async (fleet: Fleet) => networks.get(fleet)?.close(),
} as const;

export const packetsDropped: Scenario = {
  ...onACable, id: 'N1', title: 'all packets between one worker and the servers are dropped for five leases',
  async fault({ fleet }) {
    networks.get(fleet)!.cut();
    await leaveFor(5, fleet);
    networks.get(fleet)!.restore();
  },
  expected: { goesOn: true },
};

export const machineGone: Scenario = {
  ...onACable, id: 'N2', title: 'the machine of one worker vanishes: no packet ever again, no connection closed',
  async fault({ fleet }) {
    networks.get(fleet)!.cut();
    await fleet.workers[0]!.end('SIGKILL');
    await sleep(2 * leaseS * 1000);
  },
};

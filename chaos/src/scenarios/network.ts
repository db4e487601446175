import { setTimeout as sleep } from 'node:timers/promises';
import { counted } from '../effects.js';
import { leaseS, type Fleet } from '../fleet.js';
import { openNetwork, type Network } from '../network.js';
import type { Scenario } from '../scenario.js';
import { leaveFor } from '../targets.js';

/** One of two workers reaches PostgreSQL and Redis over a cable of its own. */
const networks = new WeakMap<Fleet, Network>();

const onACable = {
  queues: ['postgres', 'redis'], needs: ['linux', 'root'], claims: 'network',
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
    const network = networks.get(fleet)!;
    network.cut();
    // what had arrived by then is read
    await sleep(1000);
    const before = network.received();
    await leaveFor(5, fleet);
    const silent = before > 0 && network.received() === before;
    network.restore();
    return { effect: counted(silent ? before : 0, 'bytes had come from the worker, and none while it was cut off') };
  },
  expected: { goesOn: true },
};

export const machineGone: Scenario = {
  ...onACable, id: 'N2', title: 'the machine of one worker vanishes: no packet ever again, no connection closed',
  async fault({ fleet }) {
    const network = networks.get(fleet)!;
    network.cut();
    await fleet.workers[0]!.end('SIGKILL');
    await sleep(2 * leaseS * 1000);
    return { effect: counted(network.open(), 'connections of the dead worker stayed open') };
  },
};

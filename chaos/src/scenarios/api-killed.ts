import { setTimeout as sleep } from 'node:timers/promises';
import { submit } from '../client.js';
import { between } from '../random.js';
import type { Scenario } from '../scenario.js';
import { attackedSweep, overlappingParts } from '../sweep.js';

export const apiKilled: Scenario = {
  id: 'A1', title: 'the API is killed between accepting a sweep and answering, eight times', queues: ['postgres', 'redis'], short: true,
  async fault({ fleet, random, seed }) {
    for (let time = 0; time < 8; time++) {
      const sent = submit(fleet, attackedSweep(seed, overlappingParts[time % overlappingParts.length]), { idempotencyKey: `killed-${time}` });
      await sleep(between(random, 0, 150));
      await fleet.api().end('SIGKILL');
      await fleet.startApi();
      await sent;
    }
  },
  expected: { uncounted: true },
};

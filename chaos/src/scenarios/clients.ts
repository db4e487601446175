import { setTimeout as sleep } from 'node:timers/promises';
import { post, submit } from '../client.js';
import { all, counted } from '../effects.js';
import { between, oneOf } from '../random.js';
import type { Scenario } from '../scenario.js';
import { attackedSweep, overlappingParts } from '../sweep.js';

export const overlappingClients: Scenario = {
  id: 'A2', title: 'eight clients submit overlapping sweeps at once', queues: ['postgres', 'redis'],
  async fault({ fleet, seed }) {
    await Promise.all(Array.from({ length: 8 }, (_, client) => submit(fleet, attackedSweep(seed, overlappingParts[client % overlappingParts.length]), { idempotencyKey: `client-${client}` })));
    const shared = await fleet.database.rows('select from sweep_stages group by stage_id having count(*) > 1');
    return { effect: counted(shared.length, 'stages were in several sweeps') };
  },
  expected: { uncounted: true },
};

export const cancelAndRetry: Scenario = {
  id: 'A3', title: 'sweeps that share stages are cancelled and retried at random, thirty times', queues: ['postgres', 'redis'], short: true,
  async fault({ fleet, random, seed }) {
    const ids = await Promise.all(overlappingParts.map((part, client) => submit(fleet, attackedSweep(seed, part), { idempotencyKey: `steered-${client}` })));
    const sweeps = [...new Set([...ids, ...fleet.accepted])];
    // a sweep that has ended cannot be cancelled, one that runs cannot be retried: both answer 409
    const done = { cancel: 0, retry: 0 };
    for (let time = 0; time < 30; time++) {
      const action = oneOf(random, ['cancel', 'retry'] as const);
      if ((await post(fleet, `/v1/sweeps/${oneOf(random, sweeps)}/${action}`)).ok) done[action]++;
      await sleep(between(random, 0, 200));
    }
    for (const id of sweeps) await post(fleet, `/v1/sweeps/${id}/retry`);
    return { effect: all(counted(done.cancel, 'times a sweep was cancelled'), counted(done.retry, 'times one was retried')) };
  },
};

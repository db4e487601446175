import { setTimeout as sleep } from 'node:timers/promises';
import { submit } from '../client.js';
import type { Database } from '../database.js';
import { counted } from '../effects.js';
import { between } from '../random.js';
import type { Scenario } from '../scenario.js';
import { attackedSweep, overlappingParts } from '../sweep.js';

const sweepsIn = async ({ rows }: Database): Promise<number> => (await rows('select from sweeps')).length;

/** Until there are more sweeps than before, for ten seconds. */
async function accepted(database: Database, before: number): Promise<void> {
  for (const deadline = Date.now() + 10_000; (await sweepsIn(database)) === before && Date.now() < deadline;) await sleep(1);
}

export const apiKilled: Scenario = {
  id: 'A1', title: 'the API is killed between accepting a sweep and answering, eight times', queues: ['postgres', 'redis'], short: true,
  async fault({ fleet, random, seed }) {
    let unanswered = 0;
    for (let time = 0; time < 8; time++) {
      const before = await sweepsIn(fleet.database);
      let answered = false;
      const sent = submit(fleet, attackedSweep(seed, overlappingParts[time % overlappingParts.length]), { idempotencyKey: `killed-${time}` }).finally(() => {
        answered = true;
      });
      // at any moment, and as soon as the sweep is there, in turn
      await (time % 2 === 0 ? sleep(between(random, 0, 150)) : accepted(fleet.database, before));
      await fleet.api().end('SIGKILL');
      // an answer that was sent arrives
      await sleep(50);
      if (!answered && (await sweepsIn(fleet.database)) > before) unanswered++;
      await fleet.startApi();
      await sent;
    }
    return { effect: counted(unanswered, 'sweeps were accepted without an answer') };
  },
  expected: { uncounted: true },
};

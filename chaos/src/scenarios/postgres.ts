import { setTimeout as sleep } from 'node:timers/promises';
import { amissWhileAway } from '../client.js';
import type { Database } from '../database.js';
import { all, counted } from '../effects.js';
import type { Scenario } from '../scenario.js';

const both = ['postgres', 'redis'] as const;

const startedAt = async ({ rows }: Database): Promise<number> =>
  Number((await rows<{ at: string }>('select extract(epoch from pg_postmaster_start_time()) as at'))[0]?.at);

export const postgresKilled: Scenario = {
  id: 'P1', title: 'PostgreSQL is killed (SIGKILL) and recovers, twice', queues: both, needs: ['own-postgres'], alone: true, short: true,
  async fault({ fleet: { postgres, database } }) {
    const starts = new Set([await startedAt(database)]);
    for (let time = 0; time < 2; time++) {
      await postgres!.kill();
      await sleep(1000);
      starts.add(await startedAt(database));
      await sleep(1000);
    }
    return { effect: counted(starts.size - 1, 'times another server had started') };
  },
};

export const postgresGone: Scenario = {
  id: 'P2', title: 'PostgreSQL is gone for 20 s, five leases', queues: both, needs: ['own-postgres'], alone: true,
  async fault({ fleet }) {
    const { postgres, database } = fleet;
    const before = await startedAt(database);
    await postgres!.goAway();
    const looking = amissWhileAway(fleet);
    let refused = 0;
    for (let second = 0; second < 20; second++) {
      await sleep(1000);
      refused += await database.client().then((client) => client.end().then(() => 0), () => 1);
    }
    const problems = await looking;
    await postgres!.comeBack();
    return { problems, effect: all(counted(refused, 'connections were refused'), counted((await startedAt(database)) > before ? 1 : 0, 'time another server had started')) };
  },
};

export const connectionsCut: Scenario = {
  id: 'P3', title: 'every connection is cut (pg_terminate_backend), every 200 ms for 4 s', queues: both, short: true,
  async fault({ fleet: { database } }) {
    let cut = 0;
    for (let time = 0; time < 20; time++) {
      const ended = await database.rows<{ ok: boolean }>(`
        select pg_terminate_backend(pid) as ok from pg_stat_activity where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()`);
      cut += ended.filter(({ ok }) => ok).length;
      await sleep(200);
    }
    return { effect: counted(cut, 'connections were cut') };
  },
};

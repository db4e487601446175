import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario } from '../scenario.js';

const both = ['postgres', 'redis'] as const;

export const postgresKilled: Scenario = {
  id: 'P1', title: 'PostgreSQL is killed (SIGKILL) and recovers, twice', queues: both, needs: ['own-postgres'], short: true,
  async fault({ fleet: { postgres, database } }) {
    for (let time = 0; time < 2; time++) {
      await postgres!.kill();
      await sleep(1000);
      await database.rows('select 1');
      await sleep(1000);
    }
  },
};

export const postgresGone: Scenario = {
  id: 'P2', title: 'PostgreSQL is gone for 20 s, five leases', queues: both, needs: ['own-postgres'],
  async fault({ fleet: { postgres } }) {
    await postgres!.goAway();
    await sleep(20_000);
    await postgres!.comeBack();
  },
};

export const connectionsCut: Scenario = {
  id: 'P3', title: 'every connection is cut (pg_terminate_backend), every 200 ms for 4 s', queues: both, short: true,
  async fault({ fleet: { database } }) {
    for (let time = 0; time < 20; time++) {
      await database.rows('select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()');
      await sleep(200);
    }
  },
};

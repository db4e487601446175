import { setTimeout as sleep } from 'node:timers/promises';
import { all, counted, said } from '../effects.js';
import { signalTo } from '../processes.js';
import type { Scenario } from '../scenario.js';

/** Redis never holds anything that is not in Postgres. */
const onRedis = { queues: ['redis'], needs: ['redis-server'] } as const;
const silence = said(/Redis does not answer|did not answer|ECONNREFUSED|Command timed out/);

export const redisKilled: Scenario = {
  ...onRedis, id: 'R1', title: 'Redis is killed with its data and started again, three times', short: true,
  async fault({ fleet: { redis } }) {
    let lost = 0;
    for (let time = 0; time < 3; time++) {
      lost += await redis!.keys();
      await redis!.kill();
      await redis!.start();
      await sleep(1000);
    }
    return { effect: counted(lost, 'keys were lost') };
  },
  expected: { uncounted: true },
};

export const redisFlushed: Scenario = {
  ...onRedis, id: 'R2', title: 'FLUSHALL, ten times', short: true,
  async fault({ fleet: { redis } }) {
    let lost = 0;
    for (let time = 0; time < 10; time++) {
      lost += await redis!.keys();
      await redis!.flush();
      await sleep(300);
    }
    return { effect: counted(lost, 'keys were lost') };
  },
  expected: { uncounted: true },
};

export const redisGone: Scenario = {
  ...onRedis, id: 'R3', title: 'Redis is gone for 20 s',
  async fault({ fleet: { redis } }) {
    const lost = await redis!.keys();
    await redis!.kill();
    await sleep(20_000);
    await redis!.start();
    return { effect: all(counted(lost, 'keys were lost'), silence) };
  },
  expected: { uncounted: true },
};

export const redisFrozen: Scenario = {
  ...onRedis, id: 'R4', title: 'Redis is frozen for 20 s (SIGSTOP)',
  async fault({ fleet: { redis } }) {
    signalTo(redis!.pid(), 'SIGSTOP');
    await sleep(20_000);
    signalTo(redis!.pid(), 'SIGCONT');
    return { effect: silence };
  },
  expected: { uncounted: true },
};

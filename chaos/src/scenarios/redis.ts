import { setTimeout as sleep } from 'node:timers/promises';
import { amissWhileAway, submit } from '../client.js';
import { all, counted, said } from '../effects.js';
import type { Fleet } from '../fleet.js';
import { signalTo } from '../processes.js';
import type { Scenario } from '../scenario.js';
import { attackedSweep, overlappingParts } from '../sweep.js';

/** Redis never holds anything that is not in Postgres. */
const onRedis = { queues: ['redis'], needs: ['redis-server'] } as const;
const silence = said(/Redis does not answer|did not answer|ECONNREFUSED|Command timed out/);

/** 20 s without Redis, in which the API lives, says that it is not ready, and takes a sweep. Returns what it did not do. */
async function withoutRedis(fleet: Fleet, seed: number): Promise<string[]> {
  const over = sleep(20_000);
  await sleep(2000);
  const amiss = await amissWhileAway(fleet);
  await submit(fleet, attackedSweep(seed, overlappingParts[1]), { idempotencyKey: 'without-redis', withinMs: 15_000 }).catch((error: Error) => void amiss.push(error.message));
  await over;
  return amiss;
}

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
  ...onRedis, id: 'R3', title: 'Redis is gone for 20 s, and a sweep is submitted meanwhile',
  async fault({ fleet, seed }) {
    const { redis } = fleet;
    const lost = await redis!.keys();
    await redis!.kill();
    const problems = await withoutRedis(fleet, seed);
    await redis!.start();
    return { effect: all(counted(lost, 'keys were lost'), silence), problems };
  },
  expected: { uncounted: true },
};

export const redisFrozen: Scenario = {
  ...onRedis, id: 'R4', title: 'Redis is frozen for 20 s (SIGSTOP), and a sweep is submitted meanwhile',
  async fault({ fleet, seed }) {
    const { redis } = fleet;
    signalTo(redis!.pid(), 'SIGSTOP');
    const problems = await withoutRedis(fleet, seed);
    signalTo(redis!.pid(), 'SIGCONT');
    return { effect: silence, problems };
  },
  expected: { uncounted: true },
};

export const redisRestored: Scenario = {
  ...onRedis, id: 'R5', title: 'Redis is killed and comes back with a copy from two seconds before, three times',
  async fault({ fleet: { redis } }) {
    let old = 0;
    for (let time = 0; time < 3; time++) {
      await redis!.save();
      await sleep(2000);
      await redis!.kill();
      await redis!.start();
      old += await redis!.keys();
    }
    return { effect: counted(old, 'old keys came back') };
  },
  clean: async ({ redis }) => redis?.forget(),
  expected: { uncounted: true },
};

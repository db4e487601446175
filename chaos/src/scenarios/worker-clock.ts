import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkerStart } from '../fleet.js';
import { faketimeLibrary } from '../needs.js';
import type { Scenario } from '../scenario.js';
import { busyWorker, replace } from '../targets.js';

const clock = (offset: string): WorkerStart => ({ env: { LD_PRELOAD: faketimeLibrary() ?? '', FAKETIME: offset, FAKETIME_DONT_FAKE_MONOTONIC: '1' } });

export const workerClock: Scenario = {
  id: 'W7', title: 'one worker\'s clock is ten minutes slow, the other\'s ten minutes fast; one is killed', queues: ['postgres', 'redis'], needs: ['faketime'],
  workers: async () => [clock('-10m'), clock('+10m')],
  async fault(attack) {
    await sleep(1000);
    const worker = await busyWorker(attack);
    await worker.end('SIGKILL');
    await replace(attack.fleet, worker);
  },
};

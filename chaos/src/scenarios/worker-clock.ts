import { setTimeout as sleep } from 'node:timers/promises';
import { all, attemptsOf, counted } from '../effects.js';
import type { Worker, WorkerStart } from '../fleet.js';
import { faketimeLibrary } from '../needs.js';
import type { Scenario } from '../scenario.js';
import { busyWorker, replace } from '../targets.js';

const clock = (offset: string): WorkerStart => ({ env: { LD_PRELOAD: faketimeLibrary() ?? '', FAKETIME: offset, FAKETIME_DONT_FAKE_MONOTONIC: '1' } });

/** The time on a worker's first line of log. */
const loggedAt = (worker: Worker): number => Date.parse((JSON.parse(worker.output().split('\n')[0] ?? '{}') as { time: string }).time);

export const workerClock: Scenario = {
  id: 'W7', title: 'one worker\'s clock is ten minutes slow, the other\'s ten minutes fast; one is killed', queues: ['postgres', 'redis'], needs: ['faketime'],
  workers: async () => [clock('-10m'), clock('+10m')],
  async fault(attack) {
    await sleep(1000);
    const wrong = attack.fleet.workers.filter((worker) => Math.abs(loggedAt(worker) - Date.now()) > 300_000);
    const worker = await busyWorker(attack);
    await worker.end('SIGKILL');
    await replace(attack.fleet, worker);
    return { effect: all(counted(wrong.length === 2 ? 2 : 0, 'workers wrote wrong times'), attemptsOf([worker.pid], 'expired')) };
  },
};

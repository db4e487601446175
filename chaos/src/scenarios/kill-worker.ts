import { attemptsOf } from '../effects.js';
import type { Scenario } from '../scenario.js';
import { busyWorker, replace } from '../targets.js';

export const killWorker: Scenario = {
  id: 'W1', title: 'a worker is killed in a stage (SIGKILL), and replaced', queues: ['postgres', 'redis'], short: true,
  async fault(attack) {
    const worker = await busyWorker(attack);
    await worker.end('SIGKILL');
    await replace(attack.fleet, worker);
    return { effect: attemptsOf([worker.pid], 'expired') };
  },
};

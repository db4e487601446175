import { attemptsWith } from '../effects.js';
import { signalTo } from '../processes.js';
import type { Scenario } from '../scenario.js';
import { busyWorker, stageProcesses } from '../targets.js';

export const killStageProcess: Scenario = {
  id: 'W2', title: 'a stage process is killed (SIGKILL)', queues: ['postgres', 'redis'], needs: ['linux'], short: true,
  async fault(attack) {
    for (const pid of await stageProcesses(await busyWorker(attack))) signalTo(pid, 'SIGKILL');
    return { effect: attemptsWith('stage.crashed') };
  },
};

import { signalTo } from '../processes.js';
import type { Scenario } from '../scenario.js';
import { busyWorker, stageProcesses } from '../targets.js';

/** The stage process never continues: its worker has to end it. */
export const hungStage: Scenario = {
  id: 'W6', title: 'a stage hangs: its process is frozen for good, its worker lives', queues: ['postgres'], needs: ['linux'],
  async fault(attack) {
    for (const pid of await stageProcesses(await busyWorker(attack))) signalTo(pid, 'SIGSTOP');
  },
  expected: { endsWithinS: 90 },
};

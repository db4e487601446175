import { attemptsWith } from '../effects.js';
import { signalTo } from '../processes.js';
import type { Scenario } from '../scenario.js';
import { busyWorker, stageProcesses } from '../targets.js';

const stalling = { args: ['--stall-minutes', '0.4'] };

/** The stage process never continues: its worker has to end it. */
export const hungStage: Scenario = {
  id: 'W6', title: 'a stage hangs: its process is frozen for good, its worker lives and ends stages without progress for 24 s', queues: ['postgres'], needs: ['linux'],
  workers: async () => [stalling, stalling],
  async fault(attack) {
    for (const pid of await stageProcesses(await busyWorker(attack))) signalTo(pid, 'SIGSTOP');
    return { effect: attemptsWith('stage.stalled') };
  },
  expected: { patienceS: 180 },
};

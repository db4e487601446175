import { attemptsOf } from '../effects.js';
import { signalTo } from '../processes.js';
import type { Scenario } from '../scenario.js';
import { busyWorker, leaveFor, stageProcesses } from '../targets.js';

export const freezeWorker: Scenario = {
  id: 'W3', title: 'a worker is frozen for four leases (SIGSTOP) while its stage goes on, then continues', queues: ['postgres', 'redis'], short: true,
  async fault(attack) {
    const { pid } = await busyWorker(attack);
    signalTo(pid, 'SIGSTOP');
    await leaveFor(4, attack.fleet);
    signalTo(pid, 'SIGCONT');
    return { effect: attemptsOf([pid], 'expired') };
  },
  expected: { goesOn: true },
};

export const freezeWorkerAndStage: Scenario = {
  id: 'W4', title: 'a worker and its stage process are frozen for four leases, then continue', queues: ['postgres', 'redis'], needs: ['linux'],
  async fault(attack) {
    const worker = await busyWorker(attack);
    const pids = [worker.pid, ...(await stageProcesses(worker))];
    for (const pid of pids) signalTo(pid, 'SIGSTOP');
    await leaveFor(4, attack.fleet);
    for (const pid of pids) signalTo(pid, 'SIGCONT');
    return { effect: attemptsOf([worker.pid], 'expired') };
  },
  expected: { goesOn: true },
};

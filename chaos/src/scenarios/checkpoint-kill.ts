import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { all, attemptsOf, counted } from '../effects.js';
import { signalTo, untilFrozen } from '../processes.js';
import type { Scenario } from '../scenario.js';
import { busyWorker, replace, stageProcesses } from '../targets.js';

/** Checkpoints that are being written: a file has this ending until it is complete. */
const unfinished = async (folder: string): Promise<string[]> => (await readdir(folder, { recursive: true }).catch(() => [])).filter((name) => name.endsWith('.tmp'));

/** Freezes processes at a moment when an unfinished file is there and stays there; they stay frozen. Returns whether that came within a minute. */
async function freezeWhileWriting(folder: string, pids: readonly number[]): Promise<boolean> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(1)) {
    if ((await unfinished(folder)).length === 0) continue;
    for (const pid of pids) signalTo(pid, 'SIGSTOP');
    for (const pid of pids) await untilFrozen(pid);
    if ((await unfinished(folder)).length > 0) return true;
    for (const pid of pids) signalTo(pid, 'SIGCONT');
  }
  return false;
}

export const checkpointKill: Scenario = {
  id: 'W8', title: 'a worker and its stage process are killed while they write a checkpoint, twice', queues: ['postgres', 'redis'], needs: ['linux'], short: true,
  async fault(attack) {
    const { fleet } = attack;
    const killed: number[] = [];
    for (let time = 0; time < 2; time++) {
      const worker = await busyWorker(attack, 'train');
      const pids = await stageProcesses(worker);
      if (!(await freezeWhileWriting(join(fleet.home, 'checkpoints'), pids))) break;
      for (const pid of pids) signalTo(pid, 'SIGKILL');
      await worker.end('SIGKILL');
      await replace(fleet, worker);
      killed.push(worker.pid);
    }
    return { effect: all(counted(killed.length, 'times a checkpoint was left half written'), attemptsOf(killed, 'expired')) };
  },
};

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { between } from '../random.js';
import type { Scenario } from '../scenario.js';
import { busyWorker, replace } from '../targets.js';

/** Resolves when a file appears that is neither finished nor was there before. */
async function fileBeingWritten(folder: string): Promise<void> {
  const names = async (): Promise<string[]> => readdir(folder, { recursive: true }).catch(() => []);
  const before = new Set(await names());
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; await sleep(1)) {
    if ((await names()).some((name) => !before.has(name))) return;
  }
}

export const checkpointKill: Scenario = {
  id: 'W8', title: 'a worker is killed while it writes a checkpoint, twice', queues: ['postgres', 'redis'], short: true,
  async fault(attack) {
    for (let time = 0; time < 2; time++) {
      const worker = await busyWorker(attack);
      await fileBeingWritten(join(attack.fleet.home, 'checkpoints'));
      await sleep(between(attack.random, 0, 3));
      await worker.end('SIGKILL');
      await replace(attack.fleet, worker);
    }
  },
};

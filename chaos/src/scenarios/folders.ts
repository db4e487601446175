import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { counted } from '../effects.js';
import type { Fleet } from '../fleet.js';
import { readOnly, small } from '../mounts.js';
import { mountOf } from '../processes.js';
import type { Scenario, Seen } from '../scenario.js';

/** One of two workers has something wrong with its folders: its stages go to the other one, and nothing is counted against them. */
const environment = { queues: ['postgres'], expected: { uncounted: true, setAside: true } } as const;
/** The fault is there from the start; it is left some time to do harm. */
const untilHarm = (): Promise<void> => sleep(5000);

/** The same where the first worker has mounts of its own at these folders; that it has them is read from the kernel (`mountOf`). */
const seenAs = (pattern: RegExp, ...folders: readonly string[]) => async ({ fleet: { home, workers } }: { fleet: Fleet }): Promise<Seen> => {
  await untilHarm();
  const mounts = await Promise.all(folders.map((folder) => mountOf(workers[0]!.pid, join(home, folder))));
  const found = mounts.filter((mount) => mount !== undefined && pattern.test(mount)).length;
  return { effect: counted(found === folders.length ? found : 0, 'folders were others for one worker') };
};

export const readOnlyArtifacts: Scenario = {
  ...environment, id: 'F1', title: 'the artifact folder of one worker is read-only', needs: ['linux', 'root'],
  workers: async ({ home }) => [{ through: readOnly(join(home, 'artifacts')) }, {}],
  fault: seenAs(/^ro/, 'artifacts'),
};

export const readOnlyWork: Scenario = {
  ...environment, id: 'F2', title: 'the work and checkpoint folders of one worker are read-only', needs: ['linux', 'root'],
  workers: async ({ home }) => [{ through: readOnly(join(home, 'work'), join(home, 'checkpoints')) }, {}],
  fault: seenAs(/^ro/, 'work', 'checkpoints'),
};

export const unsharedArtifacts: Scenario = {
  ...environment, id: 'F3', title: 'the artifact folder of one worker is not the shared one', short: true,
  // the first worker's folder becomes the installation's
  workers: async () => [{}],
  async fault({ fleet }) {
    const elsewhere = join(fleet.home, 'elsewhere');
    await fleet.startWorker({ env: { ELUCIDATE_ARTIFACTS: elsewhere } });
    await untilHarm();
    return { effect: counted(existsSync(elsewhere) ? 1 : 0, 'folder elsewhere was opened') };
  },
};

export const removedWork: Scenario = {
  ...environment, expected: { uncounted: true }, id: 'F4', title: 'the work folder is removed, again and again for 6 s',
  async fault({ fleet: { home } }) {
    let removed = 0;
    for (let time = 0; time < 12; time++) {
      if (existsSync(join(home, 'work'))) removed++;
      await rm(join(home, 'work'), { recursive: true, force: true }).catch(() => undefined);
      await sleep(500);
    }
    return { effect: counted(removed, 'times the folder was there, and removed') };
  },
};

export const diskFull: Scenario = {
  ...environment, id: 'F5', title: 'one worker\'s disk for work has 64 kB', needs: ['linux', 'root'],
  workers: async ({ home }) => [{ through: small(join(home, 'work'), 64) }, {}],
  fault: seenAs(/tmpfs .*size=64k/, 'work'),
};

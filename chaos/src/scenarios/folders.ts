import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readOnly, small } from '../mounts.js';
import type { Scenario } from '../scenario.js';

/** One of two workers has something wrong with its folders: its stages go to the other one, and nothing is counted against them. */
const environment = { queues: ['postgres'], expected: { uncounted: true, setAside: true } } as const;
/** The fault is there from the start; it is left some time to do harm. */
const untilHarm = (): Promise<void> => sleep(5000);

export const readOnlyArtifacts: Scenario = {
  ...environment, id: 'F1', title: 'the artifact folder of one worker is read-only', needs: ['linux', 'root'],
  workers: async ({ home }) => [{ through: readOnly(join(home, 'artifacts')) }, {}],
  fault: untilHarm,
};

export const readOnlyWork: Scenario = {
  ...environment, id: 'F2', title: 'the work and checkpoint folders of one worker are read-only', needs: ['linux', 'root'],
  workers: async ({ home }) => [{ through: readOnly(join(home, 'work'), join(home, 'checkpoints')) }, {}],
  fault: untilHarm,
};

export const unsharedArtifacts: Scenario = {
  ...environment, id: 'F3', title: 'the artifact folder of one worker is not the shared one', short: true,
  // the first worker's folder becomes the installation's
  workers: async () => [{}],
  async fault({ fleet }) {
    await fleet.startWorker({ env: { ELUCIDATE_ARTIFACTS: join(fleet.home, 'elsewhere') } });
    await untilHarm();
  },
};

export const removedWork: Scenario = {
  ...environment, expected: { uncounted: true }, id: 'F4', title: 'the work folder is removed, again and again for 6 s',
  async fault({ fleet: { home } }) {
    for (let time = 0; time < 12; time++) {
      await rm(join(home, 'work'), { recursive: true, force: true }).catch(() => undefined);
      await sleep(500);
    }
  },
};

export const diskFull: Scenario = {
  ...environment, id: 'F5', title: 'one worker\'s disk for work has 64 kB', needs: ['linux', 'root'],
  workers: async ({ home }) => [{ through: small(join(home, 'work'), 64) }, {}],
  fault: untilHarm,
};

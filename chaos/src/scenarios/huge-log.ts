import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '@elucidate/e2e/eventually';
import { counted } from '../effects.js';
import type { Fleet } from '../fleet.js';
import { peakMemory } from '../processes.js';
import type { Scenario } from '../scenario.js';

const megabytes = 300;

/** Preloaded by a worker's stage processes: at the start of each training run prints a line without an end, then many short ones. */
const shout = `
  if (/child\\.js$/.test(process.argv[1] ?? '')) {
    const part = 'x'.repeat(1 << 20);
    const print = () => {
      for (let n = 0; n < ${megabytes}; n++) process.stdout.write(part);
      process.stdout.write('\\n' + 'a short line\\n'.repeat(1 << 20));
    };
    // the process itself listens first, or it would miss its stage
    const waiting = setInterval(() => {
      if (process.listenerCount('message') === 0) return;
      clearInterval(waiting);
      process.on('message', (message) => JSON.stringify(message).includes('"kind":"train"') && print());
    }, 10);
    waiting.unref();
  }`;

/** Whether a log was kept without the middle of the line. */
async function isCut({ database, home }: Fleet): Promise<boolean> {
  const kept = await database.rows<{ hash: string }>('select log_hash as hash from attempts where log_hash is not null');
  const logs = await Promise.all(kept.map(({ hash }) => readFile(join(home, 'artifacts', hash.slice(0, 2), hash.slice(2)), 'utf8')));
  return logs.some((log) => log.includes('left out'));
}

export const hugeLog: Scenario = {
  id: 'L1', title: `every training run prints one line of ${megabytes} MB, then a million short ones`, queues: ['postgres'], needs: ['linux'],
  workers: async () => Array.from({ length: 2 }, () => ({ env: { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(shout)}` } })),
  async fault({ fleet }) {
    const open = () => fleet.database.rows<{ n: number }>(`select count(*)::int as n from sweeps where state = 'running'`);
    await eventually('the end', async () => (await open())[0]?.n === 0, 180_000);
    const peaks = await Promise.all(fleet.workers.map(({ pid }) => peakMemory(pid)));
    const excess = peaks.filter((bytes) => bytes > 700e6 || bytes === 0).map((bytes) => (bytes === 0 ? 'a worker has ended' : `a worker took ${(bytes / 1e6).toFixed(0)} MB of memory`));
    const cut = await isCut(fleet);
    return { effect: counted(cut ? 1 : 0, 'log was cut'), problems: [...excess, ...(cut ? [] : ['no attempt\'s log says that something was left out of it'])] };
  },
};

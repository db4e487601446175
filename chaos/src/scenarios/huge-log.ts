import { eventually } from '@elucidate/e2e/eventually';
import type { Scenario } from '../scenario.js';
import { peakMemory } from '../processes.js';

const megabytes = 300;

/** Preloaded by a worker's stage processes: prints a line without an end, then many short ones. */
const shout = `
  if (/child\\.js$/.test(process.argv[1] ?? '')) {
    const part = 'x'.repeat(1 << 20);
    setTimeout(async () => {
      for (let n = 0; n < ${megabytes}; n++) await new Promise((resolve) => process.stdout.write(part, resolve));
      process.stdout.write('\\n' + 'a short line\\n'.repeat(1 << 20));
    }, 1500);
  }`;

export const hugeLog: Scenario = {
  id: 'L1', title: `every stage process prints one line of ${megabytes} MB, then a million short ones`, queues: ['postgres'], needs: ['linux'],
  workers: async () => Array.from({ length: 2 }, () => ({ env: { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(shout)}` } })),
  async fault({ fleet }) {
    const open = () => fleet.database.rows<{ n: number }>(`select count(*)::int as n from sweeps where state = 'running'`);
    await eventually('the end', async () => (await open())[0]?.n === 0, 180_000);
    const peaks = await Promise.all(fleet.workers.map(({ pid }) => peakMemory(pid)));
    const excess = peaks.filter((bytes) => bytes > 700e6 || bytes === 0).map((bytes) => (bytes === 0 ? 'a worker has ended' : `a worker took ${(bytes / 1e6).toFixed(0)} MB of memory`));
    return { problems: excess };
  },
};

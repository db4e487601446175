import { eventually } from './eventually.js';
import { installation, type Installation } from './installation.js';

/** Enough stages for both slots; nothing is trained. */
const exactSweep = {
  name: 'busy', dataset: { name: 'gaussian', mean: 0.3, std: 0.5, resolution: 8 }, parameters: { network: { value: 'exact' }, sampler: { value: { kind: 'ddim' } }, steps: { value: 2 } },
  seeds: { sample: [1, 2, 3, 4, 5, 6, 7, 8] }, evaluate: { samples: 32 },
};

let here: Installation;
beforeEach(async () => {
  here = await installation();
});
afterEach(() => here.remove());

test('a worker of two slots opens at most ten connections for itself and the queue, one of which listens, and idle holds at most five', async () => {
  const api = await here.startApi();
  const { id } = await api.submit(exactSweep);
  await api.process.end('SIGTERM');
  const [since] = await here.sql<{ now: string }>('select clock_timestamp()::text as now');
  // ours is the one that asks
  const connections = () => here.sql<{ query: string }>(`
    select query from pg_stat_activity where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid() and backend_start > $1::timestamptz`, [since!.now]);
  await here.startWorker(['--slots', '2']);
  let [most, listening] = [0, 0];
  await eventually('the end of the sweep', async () => {
    const now = await connections();
    most = Math.max(most, now.length);
    listening = Math.max(listening, now.filter(({ query }) => /^listen/i.test(query)).length);
    return (await here.sql<{ state: string }>('select state from sweeps where id = $1', [id]))[0]?.state === 'done';
  });
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(10);
  expect(listening).toBeLessThanOrEqual(1);
  await eventually('at most five connections', async () => (await connections()).length <= 5);
});

import { eventually } from './eventually.js';
import { installation, type Installation } from './installation.js';
import { tinySpec } from './tiny-spec.js';

let here: Installation;
beforeEach(async () => {
  here = await installation();
});
afterEach(() => here.remove());

test('a worker of two slots opens at most ten connections for itself and the queue, one of which listens, and idle holds at most five', async () => {
  const api = await here.startApi();
  const { id } = await api.submit(tinySpec({ name: 'busy' }));
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

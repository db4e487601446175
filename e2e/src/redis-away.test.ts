import { installation, type Installation } from './installation.js';
import { tinySpec } from './tiny-spec.js';

let here: Installation;
beforeEach(async () => {
  here = await installation();
});
afterEach(() => here.remove());

/** Nothing listens on this port. */
const nowhere = { REDIS_URL: 'redis://127.0.0.1:1' };

// Redis never comes: an API that waited for it would not answer
test('an API whose Redis was never there takes sweeps, reports that it is not ready, and ends on SIGTERM', async () => {
  const api = await here.startApi(nowhere);
  const { id } = await api.submit(tinySpec({ name: 'kept' }));
  const ready = await fetch(`${api.process.ready.url}/readyz`);
  expect([ready.status, await ready.json()]).toEqual([503, expect.objectContaining({ database: 'ok', queue: 'unreachable' })]);
  expect(await here.sql(`select id from sweeps where state = 'running'`)).toEqual([{ id }]);
  expect(await api.process.end('SIGTERM')).toEqual({ code: 0, signal: null });
});

test('an idle worker whose queue and database are gone ends on SIGTERM', async () => {
  await here.startApi();
  const worker = await here.startWorker(['--slots', '1'], nowhere);
  // no new connection is allowed, and those that exist are closed
  await here.sql('update pg_database set datallowconn = false where datname = current_database()');
  await here.sql('select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()');
  expect(await worker.end('SIGTERM')).toEqual({ code: 0, signal: null });
});

import { randomUUID } from 'node:crypto';
import { stageKinds } from '@elucidate/experiment/stages';
import { localPrincipal } from '@elucidate/store/principal';
import { openStore, type Store } from '@elucidate/store/store';
import { openBullQueue } from './bull.js';
import { until } from './conformance.fixture.js';
import { computeDigest, expectedMetrics } from './execute.fixture.js';
import { hasPgBouncer, startPgBouncer } from './pgbouncer.fixture.js';
import { fanSketch, sketchSweep } from './plan.fixture.js';
import type { Queue } from './queue.js';
import { useTestStore } from './store.fixture.js';
import { submitPlan } from './submit.js';
import { whenAccepting } from './when-accepting.js';
import { runWorker } from './work.js';

if (!hasPgBouncer) console.warn('dispatch: PgBouncer is not tested here: no pgbouncer on PATH or in /usr/sbin (apt-get install pgbouncer)');

(hasPgBouncer ? describe : describe.skip)('behind PgBouncer', () => {
  const database = useTestStore('test');
  const unusual = { default_transaction_isolation: 'serializable', DateStyle: 'German', TimeZone: 'Asia/Tokyo', extra_float_digits: '-10', IntervalStyle: 'iso_8601', statement_timeout: '20' };

  /** Gives the database defaults that do not suit. */
  async function beUnusual(): Promise<void> {
    const [{ name } = { name: '' }] = await database.query<{ name: string }>('select current_database() as name');
    for (const [setting, value] of Object.entries(unusual)) await database.query(`alter database ${name} set ${setting} = '${value}'`);
  }

  async function open(url: string): Promise<{ store: Store; queue: Queue }> {
    // as API and workers do: a statement may meet the limit of 20 ms before it is lifted
    const patiently = <T>(opened: () => Promise<T>): Promise<T> => whenAccepting(opened, { log: () => undefined });
    return { store: await patiently(() => openStore({ url, artifacts: `${database.home}/artifacts`, poolSize: 6 })), queue: await patiently(() => openBullQueue({ databaseUrl: url, queueUrl: database.url })) };
  }

  /** Submits a sweep through one client and runs it with two workers; returns its metrics by stage, and what the workers complained of. */
  async function runSweep(url: string, sweep: ReturnType<typeof sketchSweep>): Promise<{ metrics: object; problems: string[] }> {
    const [api, ...workers] = [await open(url), await open(url), await open(url)];
    const stopping = new AbortController();
    const problems: string[] = [];
    const running = workers.map(({ store, queue }, i) => runWorker({
      store, queue, home: database.home, execute: computeDigest, workerId: `worker-${i}`, kinds: stageKinds, slots: 2, engine: 'test',
      signal: stopping.signal, log: (line) => { if (/error|fail|cannot|refused/i.test(line)) problems.push(line); },
    }));
    const { sweepId } = await submitPlan(api.store, api.queue, sweep, { principal: localPrincipal });
    await until(async () => (await database.query<{ state: string }>('select state from sweeps where id = $1', [sweepId]))[0]?.state === 'done');
    stopping.abort();
    await Promise.all(running);
    await Promise.all([api, ...workers].flatMap(({ store, queue }) => [store.close(), queue.close()]));
    const metrics = await database.query<{ stage_id: string; value: number }>('select stage_id, value from metrics');
    return { metrics: Object.fromEntries(metrics.map(({ stage_id, value }) => [stage_id, value])), problems };
  }

  test('that keeps sessions an API and two workers run a sweep to its right end, whatever the defaults of the database', async () => {
    await beUnusual();
    const bouncer = await startPgBouncer(database.url, 'session');
    const sweep = sketchSweep(fanSketch(12), randomUUID());
    expect(await runSweep(bouncer.url, sweep)).toEqual({ metrics: expectedMetrics(sweep.plan.stages), problems: [] });
    bouncer.stop();
  });

  test('in transaction mode they are refused with what to give the role, and once it has that, run a sweep to its right end', async () => {
    await beUnusual();
    const bouncer = await startPgBouncer(database.url, 'transaction');
    const refusal = await open(bouncer.url).then(() => undefined, (error: Error) => error);
    bouncer.stop();
    expect(refusal).toMatchObject({ code: 'database.unsuitable', message: expect.stringContaining('pooler in transaction mode') as string });
    const statements = refusal!.message.split('\n').filter((line) => line.startsWith('alter role'));
    expect(statements.join('\n')).toMatch(/default_transaction_isolation = 'read committed'(.|\n)*idle_in_transaction_session_timeout = '30s'/);
    for (const statement of statements) await database.query(statement);
    const again = await startPgBouncer(database.url, 'transaction');
    const sweep = sketchSweep(fanSketch(12), randomUUID());
    try {
      // one whose queue goes through the pooler is refused, and leaves the others' connections as they were
      await expect(openBullQueue({ databaseUrl: again.url })).rejects.toMatchObject({ code: 'queue.unreachable' });
      expect(await runSweep(again.url, sweep)).toEqual({ metrics: expectedMetrics(sweep.plan.stages), problems: [] });
    } finally {
      again.stop();
      for (const statement of statements) await database.query(statement.replace(/ set .*/, ' reset all'));
    }
  });
});

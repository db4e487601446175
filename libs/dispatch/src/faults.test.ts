import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';
import { stageKinds } from '@elucidate/experiment/stages';
import { fileOf } from '@elucidate/store/artifact-stores/folder';
import { connect } from '@elucidate/store/data-source';
import { localPrincipal } from '@elucidate/store/principal';
import { openStore } from '@elucidate/store/store';
import { complete } from './complete.js';
import { until } from './conformance.fixture.js';
import { fail } from './fail.js';
import { createInlineQueue } from './inline.js';
import { claim, heartbeat, release } from './lease.js';
import { fanSketch, sketchSweep, type Sketch } from './plan.fixture.js';
import type { QueueJob } from './queue.js';
import { reconcile } from './reconcile.js';
import { result, stageTable, worker } from './stage-table.fixture.js';
import { useTestStore } from './store.fixture.js';
import { submitPlan } from './submit.js';

const database = useTestStore('test');
const { query } = database;
const queue = createInlineQueue();
const table = stageTable(database, queue);

const train: Sketch = { kind: 'train', inputs: [] };
const pair: Sketch[] = [train, { kind: 'sample', inputs: [0] }];

describe('an answer that was lost', () => {
  test('a stage completed again under its token is done, with its results once', async () => {
    const { sweepId, ids } = await table.submitted(pair);
    const lease = await table.claimed(ids[0]);
    const [first, again] = [await complete(database.store.db, lease, result), await complete(database.store.db, lease, result)];
    expect(first).toEqual([{ stageId: ids[1], kind: 'sample', token: 0, position: 1 }]);
    expect(again).toEqual(first);
    expect(await query('select count(*)::int as n from metrics where stage_id = $1', [ids[0]])).toEqual([{ n: 1 }]);
    expect(await query(`select count(*)::int as n from events where sweep_id = $1 and type = 'stage.done'`, [sweepId])).toEqual([{ n: 1 }]);
  });

  test('a failure reported again counts one attempt', async () => {
    const { ids } = await table.submitted([train]);
    const lease = await table.claimed(ids[0]);
    const lost = new ElucidateError('stage.crashed', 'killed');
    expect([await fail(database.store.db, lease, lost, { backoffMs: 0 }), await fail(database.store.db, lease, lost, { backoffMs: 0 })]).toEqual(['ready', 'ready']);
    expect(await query('select counted_attempts from stages')).toEqual([{ counted_attempts: 1 }]);
  });

  test('a stage handed back again is ready once', async () => {
    const { ids } = await table.submitted([train]);
    const lease = await table.claimed(ids[0]);
    const jobs = await release(database.store.db, lease);
    expect(await release(database.store.db, lease)).toEqual(jobs);
    await table.claimed(ids[0]);
    expect(await release(database.store.db, lease)).toEqual([]);
  });
});

describe('inputs whose files are lost', () => {
  test('a ready stage that reads a done stage made again waits for it, and cannot be claimed before', async () => {
    const first = sketchSweep([train, { kind: 'sample', inputs: [0] }], 'lost');
    await submitPlan(database.store, queue, first, { principal: localPrincipal });
    const [trained, sampled] = first.plan.stages.map(({ id }) => id);
    const file = await database.store.artifacts.put(Buffer.from('weights'), 'text/plain');
    await complete(database.store.db, await table.claimed(trained), { ...result, outputs: { file } });
    expect(await table.states([trained, sampled])).toEqual(['done', 'ready']);
    await rm(fileOf(join(database.home, 'artifacts'), file.hash));
    await submitPlan(database.store, queue, sketchSweep([train, { kind: 'sample', inputs: [0] }, { kind: 'embed', inputs: [0] }], 'lost'), { principal: localPrincipal });
    expect(await table.states([trained, sampled])).toEqual(['ready', 'waiting']);
    expect(await claim(database.store.db, sampled ?? '', worker)).toBeNull();
    await complete(database.store.db, await table.claimed(trained), { ...result, outputs: { file } });
    expect((await table.claimed(sampled)).inputs).toEqual({ input0: { file: file.hash } });
  });

  test('a sweep does not end before a stage behind the one it watches that is made again', async () => {
    const { sweepId, ids } = await table.submitted([train, train, { kind: 'sample', inputs: [0] }]);
    const last = await table.claimed(ids[0]).then((lease) => complete(database.store.db, lease, result)).then(() => table.claimed(ids[2]));
    await complete(database.store.db, last, result);
    await query('call restart_lost($1, null)', [JSON.stringify([last])]);
    await complete(database.store.db, await table.claimed(ids[1]), result);
    await reconcile(database.store, queue, { cutOffAfterMs: 0 });
    expect([await table.states(ids), await table.sweepState(sweepId)]).toEqual([['done', 'done', 'ready'], 'running']);
    await complete(database.store.db, await table.claimed(ids[2]), result);
    expect(await table.sweepState(sweepId)).toBe('done');
  });

  test('a stage that is ready although its input is not done is not handed out, and waits', async () => {
    const { ids } = await table.submitted(pair);
    await query(`update stages set state = 'ready', ready_at = clock_timestamp() where id = $1`, [ids[1]]);
    expect(await claim(database.store.db, ids[1] ?? '', worker)).toBeNull();
    expect(await table.states(ids)).toEqual(['ready', 'waiting']);
    expect(await query('select count(*)::int as n from attempts')).toEqual([{ n: 0 }]);
  });

  test('an attempt that misses a file which is being made again is not counted', async () => {
    const { ids } = await table.submitted(pair);
    const lease = await table.claimed(ids[0]);
    await complete(database.store.db, lease, result);
    const reader = await table.claimed(ids[1]);
    await query('call restart_lost($1, null)', [JSON.stringify([lease])]);
    expect(await fail(database.store.db, reader, new ElucidateError('stage.input_missing', 'no file'), { backoffMs: 0 })).toBe('ready');
    await reconcile(database.store, queue, { cutOffAfterMs: 0 });
    expect(await table.states(ids)).toEqual(['ready', 'waiting']);
    expect(await query('select counted_attempts from stages where id = $1', [ids[1]])).toEqual([{ counted_attempts: 0 }]);
  });
});

describe('leases', () => {
  test('a heartbeat that comes while the reconciler counts keeps the lease', async () => {
    const { ids } = await table.submitted([train]);
    const lease = await table.claimed(ids[0]);
    await query(`update stages set lease_expires_at = clock_timestamp() - interval '1 s'`);
    await database.store.db.transaction(async (tx) => {
      await heartbeat(tx, lease, 60_000);
      expect(await reconcile(database.store, queue)).toMatchObject({ expired: 0 });
    });
    expect(await reconcile(database.store, queue)).toMatchObject({ expired: 0 });
    expect(await query('select state, counted_attempts from stages')).toEqual([{ state: 'running', counted_attempts: 0 }]);
  });

  test('a claim whose event cannot be written leaves the stage ready', async () => {
    const { ids } = await table.submitted([train]);
    await query(`alter table events add constraint full_disk check (type <> 'stage.started') not valid`);
    await expect(claim(database.store.db, ids[0] ?? '', worker)).rejects.toThrow('full_disk');
    expect(await query('select state, token::int from stages')).toEqual([{ state: 'ready', token: 0 }]);
  });

  test('a stage of a code version that the worker lacks is left to others', async () => {
    const { ids } = await table.submitted([train, { kind: 'extractor', inputs: [] }]);
    expect(await claim(database.store.db, ids[0] ?? '', { ...worker, codeVersions: { train: 2 } })).toBeNull();
    expect(await claim(database.store.db, ids[0] ?? '', { ...worker, codeVersions: { extractor: 1 } })).toBeNull();
    expect(await table.states(ids)).toEqual(['ready', 'ready']);
    expect(await claim(database.store.db, ids[0] ?? '', { ...worker, codeVersions: { train: 1 } })).toMatchObject({ stageId: ids[0], codeVersion: 1 });
  });

  test('of claims that travel together each gets what it asked for, on its own terms', async () => {
    const { ids } = await table.submitted([train, train, train]);
    const asked = [[ids[0], 'w1'], [ids[1], 'w2'], [ids[0], 'w2'], [ids[2], 'w2'], ['nothing', 'w1'], [ids[2], 'w2']] as const;
    const leases = await Promise.all(asked.map(([id, workerId]) => claim(database.store.db, id ?? '', { ...worker, workerId })));
    expect(leases.map((lease) => lease?.stageId)).toEqual([ids[0], ids[1], undefined, ids[2], undefined, undefined]);
    expect(await query('select worker_id from stages order by id = $1 desc, worker_id', [ids[0]])).toEqual([{ worker_id: 'w1' }, { worker_id: 'w2' }, { worker_id: 'w2' }]);
  });

  test('one result that cannot be written does not keep others of the same moment', async () => {
    const { ids } = await table.submitted([train, train, train]);
    const leases = [await table.claimed(ids[0]), await table.claimed(ids[1]), await table.claimed(ids[2])];
    const twice = { ...result, metrics: [{ name: 'loss', value: 1 }, { name: 'loss', value: 2 }] };
    const ended = await Promise.allSettled(leases.map((lease, index) => complete(database.store.db, lease, index === 1 ? twice : result)));
    expect(ended.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await table.states(ids)).toEqual(['done', 'running', 'done']);
  });
});

test('a follower of many stages that are completed at once from many connections becomes ready exactly once', async () => {
  const stores = await Promise.all(Array.from({ length: 8 }, () => openStore({ url: database.url, artifacts: join(database.home, 'artifacts'), poolSize: 2, onError: () => undefined })));
  for (let round = 0; round < 10; round++) {
    const inputs = stores.map((_, index) => index);
    const { sweepId, ids } = await table.submitted([...inputs.map(() => train), { kind: 'score', inputs }, { kind: 'embed', inputs: inputs.slice(2) }]);
    const leases = await Promise.all(inputs.map((input) => table.claimed(ids[input])));
    const jobs = await Promise.all(stores.map(({ db }, index) => complete(db, leases[index] ?? { stageId: '', token: 0 }, result)));
    expect(jobs.flat().map(({ stageId }) => stageId).sort()).toEqual(ids.slice(-2).sort());
    const last = await Promise.all(ids.slice(-2).map((id) => table.claimed(id)));
    await Promise.all(last.map((lease, index) => complete(stores[index]?.db ?? database.store.db, lease, result)));
    expect(await table.sweepState(sweepId)).toBe('done');
    expect(await query(`select count(*)::int as n from events where sweep_id = $1 and type = 'sweep.ended'`, [sweepId])).toEqual([{ n: 1 }]);
  }
  await Promise.all(stores.map((store) => store.close()));
});

describe('the database\'s clock is set back by an hour', () => {
  const setBack = async (): Promise<void> => {
    // all that was written before now lies an hour ahead
    await query(`update stages set lease_expires_at = lease_expires_at + interval '1 h', not_before = not_before + interval '1 h', ready_at = ready_at + interval '1 h'`);
    await query(`update workers set seen_at = seen_at + interval '1 h'`);
  };

  test('the stage of a killed worker is tried again within a lease', async () => {
    const { ids } = await table.submitted([train]);
    await claim(database.store.db, ids[0] ?? '', { workerId: 'killed', leaseMs: 200 });
    await setBack();
    await reconcile(database.store, queue);
    await until(async () => (await reconcile(database.store, queue)).expired === 1);
    expect(await table.states(ids)).toEqual(['ready']);
  });

  test('a live worker keeps its lease', async () => {
    const { ids } = await table.submitted([train]);
    const lease = await table.claimed(ids[0]);
    await setBack();
    await reconcile(database.store, queue);
    expect(await heartbeat(database.store.db, lease, 60_000)).toBe('mine');
    expect(await query(`select lease_expires_at < clock_timestamp() + interval '61 s' as bounded from stages`)).toEqual([{ bounded: true }]);
  });

  test('a ready stage, and one that waits out its back-off, are queued and run', async () => {
    const { ids } = await table.submitted([train, train]);
    await fail(database.store.db, await table.claimed(ids[1]), new ElucidateError('stage.crashed', 'killed'), { backoffMs: 50_000 });
    await setBack();
    const empty = createInlineQueue();
    await reconcile(database.store, empty, { minAgeMs: 0 });
    expect(await empty.depth()).toMatchObject({ train: 2 });
    await table.claimed(ids[1]);
  });
});

describe('a role with unusual defaults', () => {
  test.each([
    ['default_transaction_isolation', `'serializable'`], ['DateStyle', `'German'`], ['TimeZone', `'Asia/Tokyo'`], ['extra_float_digits', '-10'],
    ['IntervalStyle', `'iso_8601'`], ['lock_timeout', '1'], ['statement_timeout', '20'], ['bytea_output', `'escape'`],
  ])('%s = %s does not matter', async (name, value) => {
    const [{ database: own } = { database: '' }] = await query<{ database: string }>('select current_database() as database');
    await query(`alter database ${own} set ${name} = ${value}`);
    const store = await openStore({ url: database.url, artifacts: join(database.home, 'artifacts') });
    const planned = sketchSweep(fanSketch(8), name);
    const { sweepId } = await submitPlan(store, queue, planned, { principal: localPrincipal });
    const run = async (id: string): Promise<void> => {
      const lease = await claim(store.db, id, worker);
      if (lease !== null) await complete(store.db, lease, { ...result, metrics: [{ name: 'third', value: 1 / 3 }] });
    };
    const ready = (): Promise<{ id: string }[]> => store.db.query(`select id from stages where state = 'ready'`);
    for (let stages = await ready(); stages.length > 0; stages = await ready()) await Promise.all(stages.map(({ id }) => run(id)));
    expect(await table.sweepState(sweepId)).toBe('done');
    expect(await store.db.query('select distinct value from metrics')).toEqual([{ value: 1 / 3 }]);
    const [{ at }] = await store.db.query('select ended_at as at from sweeps where id = $1', [sweepId]);
    expect(Math.abs((at as Date).getTime() - Date.now())).toBeLessThan(60_000);
    await store.close();
  });
});

describe('the database itself', () => {
  test.each(['40001', '40P01', '55P03', '57014', '53100', '53300', '57P03', '25P03'])('an attempt that met SQLSTATE %s is not counted against its stage', async (code) => {
    const { ids } = await table.submitted([train]);
    const error = Object.assign(new Error('could not serialize access'), { code });
    expect(await fail(database.store.db, await table.claimed(ids[0]), error, { backoffMs: 0, maxAttempts: 1 })).toBe('ready');
    expect(await query('select counted_attempts from stages')).toEqual([{ counted_attempts: 0 }]);
  });

  test('a transition that meets a deadlock is made again', async () => {
    const { ids } = await table.submitted([train]);
    const lease = await table.claimed(ids[0]);
    let refusals = 3;
    const refuse = (): Promise<never> => Promise.reject(Object.assign(new Error('deadlock detected'), { code: '40P01' }));
    const db = new Proxy(database.store.db, { get: (target, key) => (key === 'query' && refusals > 0 && refusals-- ? refuse : Reflect.get(target, key, target)) });
    await complete(db, lease, result);
    expect([refusals, await table.states(ids)]).toEqual([0, ['done']]);
  });

  test('a connection that breaks while idle is reported', async () => {
    const reported: string[] = [];
    const source = await connect({ url: database.url, poolSize: 1, onError: ({ message }) => reported.push(message) });
    const [{ pid }] = await source.query('select pg_backend_pid() as pid');
    await query('select pg_terminate_backend($1)', [pid]);
    while (reported.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(reported[0]).toContain('terminating connection');
    await source.destroy();
  });
});

test('a queue that lost 5,000 jobs is filled again by passes that bring different ones', async () => {
  const { ids } = await table.submitted(Array.from({ length: 5000 }, () => train));
  const taken = new Set<string>();
  const lost = { ...createInlineQueue(), depth: () => Promise.resolve(Object.fromEntries(stageKinds.map((kind) => [kind, 0])) as Record<(typeof stageKinds)[number], number>) };
  const add = async (jobs: readonly QueueJob[]): Promise<void> => {
    for (const { stageId } of jobs) taken.add(stageId);
    await query(`update stages set state = 'running' where id = any($1)`, [jobs.map(({ stageId }) => stageId)]);
  };
  const passes: number[] = [];
  for (let pass = 0; pass < 3; pass++) passes.push((await reconcile(database.store, { ...lost, add }, { minAgeMs: 0 })).queued);
  expect([passes, taken.size]).toEqual([[2000, 2000, 1000], ids.length]);
});

test('while workers have jobs in their hands, a pass queues no other', async () => {
  const { ids } = await table.submitted(Array.from({ length: 50 }, () => train));
  const jobs = await query<QueueJob>(`select * from jobs_of($1)`, [ids]);
  const held = jobs.slice(0, 3);
  const holding = createInlineQueue();
  await holding.add(jobs.slice(3));
  const added: string[] = [];
  const add = (again: readonly QueueJob[]): Promise<void> => {
    added.push(...again.map(({ stageId }) => stageId));
    return holding.add(again);
  };
  expect(await reconcile(database.store, { ...holding, add }, { minAgeMs: 0 })).toMatchObject({ queued: 3 });
  expect(added.sort()).toEqual(held.map(({ stageId }) => stageId).sort());
});

describe('a stage that 2,500 others read', () => {
  const wide = (): Sketch[] => [train, train, ...Array.from({ length: 2500 }, (): Sketch => ({ kind: 'sample', inputs: [0] })), { kind: 'score', inputs: [0, 1] }];

  test('makes them all ready when it is done, page by page', async () => {
    const { ids } = await table.submitted(wide());
    const jobs = await complete(database.store.db, await table.claimed(ids[0]), result);
    expect(new Set(jobs.map(({ stageId }) => stageId))).toEqual(new Set(ids.slice(2, -1)));
    expect(await query('select stage_id from unsettled_stages')).toEqual([]);
  });

  test('is gone on with by the reconciler if its worker is cut off, and starting again takes them back', async () => {
    const { ids } = await table.submitted(wide());
    const lease = await table.claimed(ids[0]);
    await query('call complete_stages($1, null)', [JSON.stringify([{ ...lease, ...result }])]);
    await query('call settle_followers($1, null)', [lease.stageId]);
    // the score, which waits for the other train stage too, is among the first thousand by chance
    const page = ids.slice(2).sort().slice(0, 1000).filter((id) => id !== ids.at(-1));
    expect(await query(`select count(*)::int as n from stages where state = 'ready'`)).toEqual([{ n: 1 + page.length }]);
    await reconcile(database.store, queue, { cutOffAfterMs: 0 });
    expect(await query(`select count(*)::int as n from stages where state = 'ready'`)).toEqual([{ n: 1 + 2500 }]);
    await query('call restart_lost($1, null)', [JSON.stringify([lease])]);
    // each pass settles 500
    for (let pass = 0; pass < 7; pass++) await reconcile(database.store, queue, { cutOffAfterMs: 0 });
    expect(await query(`select count(*)::int as n from stages where state = 'ready'`)).toEqual([{ n: 2 }]);
    expect(await query('select stage_id from unsettled_stages')).toEqual([]);
  });
});

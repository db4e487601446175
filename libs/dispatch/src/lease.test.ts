import { ElucidateError } from '@elucidate/experiment/errors';
import type { Metric } from '@elucidate/experiment/execution';
import { complete } from './complete.js';
import { fail } from './fail.js';
import { createInlineQueue } from './inline.js';
import { claim, heartbeat, release, reportProgress } from './lease.js';
import { fanSketch, type Sketch } from './plan.fixture.js';
import { reconcile } from './reconcile.js';
import { result, stageTable, worker } from './stage-table.fixture.js';
import { useTestStore } from './store.fixture.js';

const database = useTestStore();
const queue = createInlineQueue();

const { submitted, claimed, states, sweepState } = stageTable(database, queue);
const stateOf = async (id: string | undefined): Promise<string | undefined> => (await states([id]))[0];

const metricsOf = (id: string | undefined): Promise<Metric[]> => database.store.db.query('select name, value from metrics where stage_id = $1 order by name', [id]);

const train: Sketch = { kind: 'train', inputs: [] };
const chain: Sketch[] = [train, { kind: 'sample', inputs: [0] }, { kind: 'score', inputs: [1] }];

test('a stage that is handed back while its input is made again waits, once settled', async () => {
  const { ids } = await submitted(chain);
  const input = await claimed(ids[0]);
  await complete(database.store.db, input, result);
  const follower = await claimed(ids[1]);
  await database.store.db.query('call restart_lost($1, null)', [JSON.stringify([input])]);
  await reconcile(database.store, queue, { cutOffAfterMs: 0 });
  await release(database.store.db, follower);
  await reconcile(database.store, queue, { cutOffAfterMs: 0 });
  expect([await stateOf(ids[0]), await stateOf(ids[1])]).toEqual(['ready', 'waiting']);
});

test('of many workers that claim a stage at once, one gets it', async () => {
  const { ids } = await submitted([train]);
  const leases = await Promise.all(Array.from({ length: 8 }, (_, i) => claim(database.store.db, ids[0] ?? '', { ...worker, workerId: `w${i}` })));
  expect(leases.filter((lease) => lease !== null)).toHaveLength(1);
});

test('a stage becomes ready when its last input is done, though two are completed at once', async () => {
  for (let round = 0; round < 10; round++) {
    const { ids } = await submitted([train, train, { kind: 'score', inputs: [0, 1] }]);
    const leases = [await claimed(ids[0]), await claimed(ids[1])];
    const jobs = await Promise.all(leases.map((lease) => complete(database.store.db, lease, result)));
    expect(jobs.flat().map(({ stageId }) => stageId)).toEqual([ids[2]]);
  }
});

test('a claimed stage gets the hashes of its input files by name', async () => {
  const { ids } = await submitted(chain);
  const file = await database.store.artifacts.put(Buffer.from('weights'), 'application/octet-stream');
  await complete(database.store.db, await claimed(ids[0]), { ...result, outputs: { weights: file } });
  expect((await claimed(ids[1])).inputs).toEqual({ input0: { weights: file.hash } });
});

test('a worker that wakes up after another attempt has leased the stage cannot write', async () => {
  const { ids } = await submitted([train]);
  const stale = await claimed(ids[0]);
  await database.store.db.query(`update stages set lease_expires_at = clock_timestamp() - interval '1 s' where id = $1`, [ids[0]]);
  await reconcile(database.store, queue, { minAgeMs: 0 });
  const fresh = await claimed(ids[0]);
  expect(fresh.token).toBe(stale.token + 1);
  await expect(complete(database.store.db, stale, { ...result, metrics: [{ name: 'loss', value: 99 }] })).rejects.toMatchObject({ code: 'lease.stale' });
  expect(await heartbeat(database.store.db, stale, 1000)).toBe('lost');
  expect(await fail(database.store.db, stale, new Error('late'))).toBe('stale');
  expect(await release(database.store.db, stale)).toEqual([]);
  await complete(database.store.db, fresh, result);
  await expect(complete(database.store.db, stale, result)).rejects.toMatchObject({ code: 'lease.stale' });
  expect(await metricsOf(ids[0])).toEqual([{ name: 'loss', value: 0.5 }]);
});

test('of passes that follow each other none finds that the installation stood still', async () => {
  await database.store.db.query('delete from passes');
  const passes = [1, 2, 3].map(() => database.store.db.query('select pass(30000) as woke'));
  expect((await Promise.all(passes)).flat()).toEqual([{ woke: false }, { woke: false }, { woke: false }]);
  expect(await database.store.db.query('select woke_at from passes')).toEqual([{ woke_at: null }]);
});

describe('while the whole installation stood still', () => {
  const query = (text: string, params: unknown[] = []): Promise<unknown[]> => database.store.db.query(text, params);
  /** As after a minute in which nothing ran. */
  const sleep = async (id: string | undefined): Promise<void> => {
    await query('select pass(30000)');
    await query(`update passes set last_at = last_at - interval '1 min'`);
    await query(`update stages set lease_expires_at = clock_timestamp() where id = $1`, [id]);
  };
  const counted = async (id: string | undefined): Promise<unknown[]> => query('select state, counted_attempts as counted from stages where id = $1', [id]);

  test('a lease that expired is extended by a worker that wakes up too', async () => {
    const { ids } = await submitted([train]);
    const lease = await claimed(ids[0]);
    await sleep(ids[0]);
    expect(await reconcile(database.store, queue)).toMatchObject({ expired: 0 });
    expect(await heartbeat(database.store.db, lease, 60_000)).toBe('mine');
    expect(await reconcile(database.store, queue)).toMatchObject({ expired: 0 });
  });

  test('a lease that expired costs no attempt; one that expires later does', async () => {
    const { ids } = await submitted([train]);
    await claimed(ids[0]);
    await sleep(ids[0]);
    await reconcile(database.store, queue);
    expect(await reconcile(database.store, queue)).toMatchObject({ expired: 1 });
    expect(await counted(ids[0])).toEqual([{ state: 'ready', counted: 0 }]);
    await claimed(ids[0]);
    await query(`update stages set lease_expires_at = clock_timestamp() - interval '1 ms' where id = $1`, [ids[0]]);
    expect(await reconcile(database.store, queue)).toMatchObject({ expired: 1 });
    expect(await counted(ids[0])).toEqual([{ state: 'ready', counted: 1 }]);
  });

  test('a pass that had looked before ends only what it had seen expired', async () => {
    const { ids } = await submitted([train, train]);
    await claimed(ids[0]);
    const lease = await claimed(ids[1]);
    await query(`update stages set lease_expires_at = clock_timestamp() where id = $1`, [ids[0]]);
    // between its look and its deed everything stands still
    const db = { query: async (text: string, params?: unknown[]) => (text.includes('expire_leases') ? sleep(ids[1]) : Promise.resolve()).then(() => database.store.db.query(text, params)) } as typeof database.store.db;
    expect(await reconcile({ db }, queue)).toMatchObject({ expired: 1 });
    expect(await counted(ids[0])).toEqual([{ state: 'ready', counted: 1 }]);
    expect(await reconcile(database.store, queue)).toMatchObject({ expired: 0 });
    expect(await heartbeat(database.store.db, lease, 60_000)).toBe('mine');
  });

  test('five leases of a stage that expired cost nothing, the sixth an attempt: the stage may be why', async () => {
    const { ids } = await submitted([train]);
    for (const expected of [0, 0, 0, 0, 0, 1]) {
      await claimed(ids[0]);
      await sleep(ids[0]);
      await reconcile(database.store, queue);
      await reconcile(database.store, queue);
      expect(await counted(ids[0])).toEqual([{ state: 'ready', counted: expected }]);
    }
  });
});

test('a stage whose lease expired is queued in the pass that finds it', async () => {
  const { ids } = await submitted([train]);
  const stale = await claimed(ids[0]);
  await database.store.db.query(`update stages set lease_expires_at = clock_timestamp() - interval '1 s' where id = $1`, [ids[0]]);
  const empty = createInlineQueue();
  expect(await reconcile(database.store, empty, { minAgeMs: 3_600_000 })).toMatchObject({ expired: 1, queued: 1 });
  const taken = new Promise((resolve) => void empty.consume({ kinds: ['train'], slots: 1, handler: async (job) => resolve(job) }));
  expect(await taken).toMatchObject({ stageId: ids[0], token: stale.token });
  await empty.close();
});

test('a result that cannot be written leaves the lease open and writes nothing', async () => {
  const { ids } = await submitted(chain);
  const lease = await claimed(ids[0]);
  const twice = { ...result, metrics: [{ name: 'loss', value: 1 }, { name: 'loss', value: 2 }] };
  await expect(complete(database.store.db, lease, twice)).rejects.toThrow('metrics_pkey');
  expect([await stateOf(ids[0]), await stateOf(ids[1]), await metricsOf(ids[0])]).toEqual(['running', 'waiting', []]);
  await complete(database.store.db, lease, result);
  expect(await stateOf(ids[0])).toBe('done');
});

test('NaN and infinities are stored as they are', async () => {
  const { ids } = await submitted([train]);
  await complete(database.store.db, await claimed(ids[0]), { ...result, metrics: [{ name: 'fid', value: NaN }, { name: 'loss', value: Infinity }] });
  expect(await metricsOf(ids[0])).toEqual([{ name: 'fid', value: NaN }, { name: 'loss', value: Infinity }]);
});

test('a retryable error is retried after a back-off, three attempts in all', async () => {
  const { sweepId, ids } = await submitted(chain);
  const again = new ElucidateError('artifact.missing', 'Not there yet');
  for (const expected of ['ready', 'ready', 'failed']) {
    expect(await fail(database.store.db, await claimed(ids[0]), again, { backoffMs: 3_600_000 })).toBe(expected);
    if (expected === 'ready') expect(await claim(database.store.db, ids[0] ?? '', worker)).toBeNull();
    await database.store.db.query('update stages set not_before = null where id = $1', [ids[0]]);
  }
  expect([await stateOf(ids[1]), await stateOf(ids[2])]).toEqual(['failed', 'failed']);
  expect(await sweepState(sweepId)).toBe('failed');
});

test('a permanent error fails the stage and everything that needs it at once, and nothing else', async () => {
  const { sweepId, ids } = await submitted(fanSketch(2));
  const [extractor, , trainA, sampleA, embedA, scoreA, trainB] = ids;
  await fail(database.store.db, await claimed(trainA), new ElucidateError('stage.diverged', 'Loss is NaN at step 3'));
  for (const id of [trainA, sampleA, embedA, scoreA]) expect(await stateOf(id)).toBe('failed');
  const [{ error }] = await database.store.db.query('select error from stages where id = $1', [scoreA]);
  expect(error).toMatchObject({ code: 'stage.input_failed', details: { stageId: trainA } });
  expect([await stateOf(extractor), await stateOf(trainB), await sweepState(sweepId)]).toEqual(['ready', 'ready', 'running']);
});

test('a stage that kills its process repeatedly is quarantined', async () => {
  const { ids } = await submitted([train]);
  const killed = new ElucidateError('stage.crashed', 'Killed by SIGKILL');
  for (const expected of ['ready', 'ready', 'quarantined']) {
    expect(await fail(database.store.db, await claimed(ids[0]), killed, { backoffMs: 0 })).toBe(expected);
  }
});

test('an error message with a NUL in it can be stored', async () => {
  const { ids } = await submitted([train]);
  expect(await fail(database.store.db, await claimed(ids[0]), new Error('bad\0byte'))).toBe('failed');
  const [{ error }] = await database.store.db.query('select error from stages where id = $1', [ids[0]]);
  expect(error).toMatchObject({ code: 'stage.failed', message: 'badbyte' });
});

test('a released stage is ready at once, and no attempt is counted', async () => {
  const { ids } = await submitted([train]);
  const lease = await claimed(ids[0]);
  expect(await release(database.store.db, lease)).toEqual([{ stageId: ids[0], kind: 'train', token: 1, position: 0 }]);
  const [stage] = await database.store.db.query('select state, counted_attempts from stages where id = $1', [ids[0]]);
  expect(stage).toEqual({ state: 'ready', counted_attempts: 0 });
});

test('progress reaches the sweep while the lease is held, and not after', async () => {
  const { sweepId, ids } = await submitted([train]);
  const lease = await claimed(ids[0]);
  await reportProgress(database.store.db, lease, { fraction: 0.5, note: 'step 1 of 2' });
  await release(database.store.db, lease);
  await reportProgress(database.store.db, lease, { fraction: 0.9, note: 'late' });
  const events = await database.store.db.query(`select data from events where sweep_id = $1 and type = 'stage.progress'`, [sweepId]);
  expect(events).toEqual([{ data: { stageId: ids[0], kind: 'train', fraction: 0.5, note: 'step 1 of 2' } }]);
});

test('workers that have been silent for long are marked gone', async () => {
  await database.store.db.query(`insert into workers (id, host, pid, engine, kinds, concurrency, state, seen_at)
    values ('silent', 'h', 1, 'e', '{train}', 1, 'active', clock_timestamp() - interval '5 min'), ('alive', 'h', 2, 'e', '{train}', 1, 'active', clock_timestamp())`);
  await reconcile(database.store, queue);
  expect(await database.store.db.query('select id, state from workers order by id')).toEqual([{ id: 'alive', state: 'active' }, { id: 'silent', state: 'gone' }]);
});

import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { ExecuteStage } from '@elucidate/experiment/execution';
import { stageKinds } from '@elucidate/experiment/stages';
import { fileOf } from '@elucidate/store/artifact-stores/folder';
import { memoryArtifacts } from '@elucidate/store/artifact-stores/memory.fixture';
import fc from 'fast-check';
import { localPrincipal } from '@elucidate/store/principal';
import { cancelSweep } from './cancel.js';
import { complete } from './complete.js';
import { until } from './conformance.fixture.js';
import { computeDigest, expectedMetrics, provenance } from './execute.fixture.js';
import { createInlineQueue } from './inline.js';
import { claim, type ClaimedStage } from './lease.js';
import { fanSketch, sketchSweep, type Sketch } from './plan.fixture.js';
import type { Queue } from './queue.js';
import { openTestStore, type TestStore } from './store.fixture.js';
import { retryFailed } from './retry.js';
import { submitPlan } from './submit.js';
import { runWorker, type WorkerOptions } from './work.js';

let database: TestStore;
beforeEach(async () => {
  database = await openTestStore();
});
/** Those of a test that failed, too: what still works keeps the test process from ending. */
const working: Working[] = [];
afterEach(async () => {
  await Promise.all(working.splice(0).map(({ stop }) => stop().catch(() => undefined)));
  await database.close();
});

interface Working {
  lines: string[];
  stop(): Promise<void>;
}

/** A worker of two slots; `stop` ends it as a signal would. */
function startWorker(queue: Queue, options: Partial<WorkerOptions> = {}): Working {
  const stopping = new AbortController();
  const lines: string[] = [];
  const { store, home } = database;
  const done = runWorker({
    store, queue, home, execute: computeDigest, workerId: randomUUID(), kinds: stageKinds, slots: 2, engine: 'test',
    reconcileMs: 30, backoffMs: 1, signal: stopping.signal, log: (line) => void lines.push(line), ...options,
  });
  const worker = { lines, stop: () => (stopping.abort(), done) };
  working.push(worker);
  return worker;
}

const query = <T>(text: string, params: unknown[] = []): Promise<T[]> => database.store.db.query(text, params);
const sweepState = async (id: string): Promise<string | undefined> => (await query<{ state: string }>('select state from sweeps where id = $1', [id]))[0]?.state;
/** After its first pass a reconciler with a long pause leaves short leases alone, however late their heartbeats come. */
const firstPass = (): Promise<void> => until(async () => (await query('select from passes')).length > 0);
const ended = (id: string): Promise<void> => until(async () => (await sweepState(id)) !== 'running');

async function metrics(): Promise<Record<string, number>> {
  const found = await query<{ stage_id: string; value: number }>('select stage_id, value from metrics');
  return Object.fromEntries(found.map(({ stage_id, value }) => [stage_id, value]));
}

/** A store that loses the answers to the first `count` claims that were made, as a connection that breaks does. */
function losingClaims(count: number): WorkerOptions['store'] {
  let left = count;
  const db = new Proxy(database.store.db, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (property !== 'query') return typeof value === 'function' ? value.bind(target) : value;
      return async (text: string, params?: unknown[]): Promise<unknown> => {
        const answer = await target.query<unknown[]>(text, params);
        if (!text.includes('claim_jobs') || left === 0) return answer;
        left -= 1;
        throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' });
      };
    },
  });
  return { ...database.store, db };
}

test.each([1, 2])('a claim whose answer was lost, of %i stages, is handed back and costs no attempt', async (together) => {
  const queue = createInlineQueue();
  const { sweepId } = await submitPlan(database.store, queue, sketchSweep(Array.from({ length: together }, (): Sketch => ({ kind: 'train', inputs: [] }))), { principal: localPrincipal });
  const worker = startWorker(queue, { store: losingClaims(1), leaseMs: 600_000 });
  await ended(sweepId);
  await worker.stop();
  expect(await query('select state, counted_attempts as counted, token::int from stages')).toEqual(Array.from({ length: together }, () => ({ state: 'done', counted: 0, token: 2 })));
  expect(await query(`select outcome, count(*)::int as n from attempts group by 1 order by 1`)).toEqual([{ outcome: 'done', n: together }, { outcome: 'released', n: together }]);
});

const kill: ExecuteStage = () => Promise.reject(new ElucidateError('stage.crashed', 'The process of the stage was killed (SIGKILL)'));

/** Runs until it is stopped. */
const hang: ExecuteStage = (_task, { signal }) => new Promise((_, reject) => {
  signal.addEventListener('abort', () => reject(signal.reason as Error));
  if (signal.aborted) reject(signal.reason as Error);
});

/** Random plans: every stage reads up to three earlier ones. */
const sketches: fc.Arbitrary<Sketch[]> = fc.array(fc.record({ kind: fc.constantFrom(...stageKinds), reads: fc.array(fc.nat(), { maxLength: 3 }) }), { minLength: 1, maxLength: 14 })
  .map((drafts) => drafts.map(({ kind, reads }, index) => ({ kind, inputs: index === 0 ? [] : reads.map((read) => read % index) })));

type Fault = 'none' | 'crash' | 'missing' | 'freeze' | 'lose-job';

test('whatever crashes, freezes or is lost, every stage is done exactly once with the right result, and tokens only grow', async () => {
  await fc.assert(fc.asyncProperty(sketches, fc.array(fc.constantFrom<Fault>('none', 'none', 'crash', 'missing', 'freeze', 'lose-job'), { maxLength: 12 }), async (sketch, faults) => {
    const planned = sketchSweep(sketch, randomUUID());
    const inline = createInlineQueue();
    const frozen: ClaimedStage[] = [];
    // a job may disappear, or be taken by a worker that claims the stage and then sleeps past its lease
    const queue: Queue = { ...inline, add: async (jobs) => {
      for (const job of jobs) {
        const fault = faults.at(-1) === 'lose-job' || faults.at(-1) === 'freeze' ? faults.pop() : undefined;
        const lease = fault === 'freeze' ? await claim(database.store.db, job.stageId, { workerId: 'sleeper', leaseMs: 1 }) : null;
        if (lease !== null) frozen.push(lease);
        if (fault === undefined) await inline.add([job]);
      }
    } };
    const execute: ExecuteStage = async (task, hooks) => {
      const fault = faults.at(-1) === 'lose-job' || faults.at(-1) === 'freeze' ? undefined : faults.pop();
      if (fault === 'crash') return kill(task, hooks);
      if (fault === 'missing') throw new ElucidateError('artifact.missing', 'Not there yet');
      return computeDigest(task, hooks);
    };
    const workers = [startWorker(queue, { execute, maxAttempts: 100, maxFailures: 100 }), startWorker(queue, { execute, maxAttempts: 100, maxFailures: 100 })];
    const { sweepId } = await submitPlan(database.store, queue, planned, { principal: localPrincipal });
    await ended(sweepId);
    await Promise.all(workers.map(({ stop }) => stop()));

    expect(await sweepState(sweepId)).toBe('done');
    for (const lease of frozen) {
      const late = complete(database.store.db, lease, { outputs: {}, metrics: [{ name: 'late', value: 0 }], provenance });
      await expect(late).rejects.toMatchObject({ code: 'lease.stale' });
    }
    const ids = planned.plan.stages.map(({ id }) => id);
    const found = await query<{ stage_id: string; name: string; value: number }>('select stage_id, name, value from metrics where stage_id = any($1)', [ids]);
    expect(found).toHaveLength(ids.length);
    expect(Object.fromEntries(found.map(({ stage_id, value }) => [stage_id, value]))).toEqual(expectedMetrics(planned.plan.stages));
    const attempts = await query<{ ok: boolean }>(`
      select count(*) filter (where a.outcome = 'done') = 1 and count(*) = max(a.token) and max(a.token) = max(s.token)
        and bool_and(a.ended_at is not null) and max(a.token) filter (where a.outcome = 'done') = max(s.token) as ok
      from attempts a join stages s on s.id = a.stage_id where s.id = any($1) group by a.stage_id`, [ids]);
    expect(attempts).toEqual(ids.map(() => ({ ok: true })));
  }), { numRuns: 12 });
});

test('a stage that kills its process fails permanently together with what needs it; no other stage is affected', async () => {
  const planned = sketchSweep(fanSketch(4));
  const poison = planned.plan.stages[6]?.id;
  const queue = createInlineQueue();
  const worker = startWorker(queue, { execute: (task, hooks) => (task.stageId === poison ? kill(task, hooks) : computeDigest(task, hooks)) });
  const { sweepId } = await submitPlan(database.store, queue, planned, { principal: localPrincipal });
  await ended(sweepId);
  await worker.stop();
  expect(await query('select state, counted_attempts, count(*)::int as n from stages group by 1, 2 order by 1')).toEqual([
    { state: 'done', counted_attempts: 0, n: 14 }, { state: 'failed', counted_attempts: 0, n: 3 }, { state: 'quarantined', counted_attempts: 3, n: 1 },
  ]);
});

test('a worker on which different stages fail one after another stops taking work and says so', async () => {
  const queue = createInlineQueue();
  const bad = startWorker(queue, { workerId: 'bad', slots: 1, maxFailures: 3, backoffMs: 60_000, execute: () => Promise.reject(new ElucidateError('stage.crashed', 'Killed')) });
  await submitPlan(database.store, queue, sketchSweep(fanSketch(6)), { principal: localPrincipal });
  await until(() => bad.lines.join('\n').includes('quarantined: 3 different stages failed here in a row'));
  expect(await query(`select state from workers where id = 'bad'`)).toEqual([{ state: 'quarantined' }]);
  expect(await query('select count(*)::int as n from attempts')).toEqual([{ n: 3 }]);
  expect(await query(`select data from events where type = 'worker.quarantined'`)).toEqual([{ data: { workerId: 'bad', failures: 3 } }]);
  await until(async () => (await query<{ set_aside: unknown[] }>(`select set_aside from workers where id = 'bad'`))[0]!.set_aside.length > 0);
  expect(await query(`select set_aside -> 0 ->> 'code' as code, set_aside -> 0 ->> 'message' as message from workers where id = 'bad'`)).toEqual([
    { code: 'stage.crashed', message: '3 different stages failed here in a row, the last one with: Killed' },
  ]);
  await bad.stop();
});

test('a worker that joins, is released or leaves is an event, also if it never runs anything; its heartbeats are none', async () => {
  const idle = startWorker(createInlineQueue(), { workerId: 'idle', seenMs: 10 });
  const workerEvents = (): Promise<unknown[]> => query(`select type, data from events order by position`);
  const events = (...types: string[]): unknown => types.map((type) => ({ type: `worker.${type}`, data: { workerId: 'idle' } }));
  await until(async () => JSON.stringify(await workerEvents()) === JSON.stringify(events('joined')));
  const seen = async (): Promise<string> => (await query<{ seen: string }>(`select seen_at::text as seen from workers where id = 'idle'`))[0]!.seen;
  for (let beats = 0, before = await seen(); beats < 2; before = await seen()) {
    await until(async () => (await seen()) !== before);
    beats += 1;
  }
  await query(`update workers set release_kinds = '{train}' where id = 'idle'`);
  // the events of a worker's end may otherwise come before the one of its release
  await until(async () => JSON.stringify(await workerEvents()) === JSON.stringify(events('joined', 'changed')));
  await idle.stop();
  await until(async () => (await workerEvents()).length >= 4);
  expect(await workerEvents()).toEqual(events('joined', 'changed', 'stopping', 'gone'));
});

test.each([
  ['training runs that diverge', new ElucidateError('stage.diverged', 'Loss is NaN')],
  ['stages that refuse their parameters', new ElucidateError('stage.failed', 'The training is given 3 classes, but its images have 2')],
])('%s do not count against the worker, and the sweep ends', async (_, error) => {
  const queue = createInlineQueue();
  const worker = startWorker(queue, { maxFailures: 2, execute: (task, hooks) => (task.kind === 'train' ? Promise.reject(error) : computeDigest(task, hooks)) });
  const { sweepId } = await submitPlan(database.store, queue, sketchSweep(fanSketch(5)), { principal: localPrincipal });
  await ended(sweepId);
  await worker.stop();
  expect(worker.lines.join('\n')).not.toContain('quarantined');
});

test('a worker that is stopped releases its stages and keeps their checkpoints; another continues from them', async () => {
  const queue = createInlineQueue();
  const checkpointing: ExecuteStage = async (task, hooks) => {
    await mkdir(task.checkpointDir, { recursive: true });
    await writeFile(join(task.checkpointDir, 'step'), 'half way');
    return hang(task, hooks);
  };
  const first = startWorker(queue, { workerId: 'first', execute: checkpointing });
  const { sweepId } = await submitPlan(database.store, queue, sketchSweep([{ kind: 'train', inputs: [] }]), { principal: localPrincipal });
  const folder = (id: string): string => join(database.home, 'checkpoints', id);
  const [{ id } = { id: '' }] = await query<{ id: string }>('select id from stages');
  await until(() => existsSync(join(folder(id), 'step')));
  await first.stop();
  expect(await query('select state, counted_attempts from stages')).toEqual([{ state: 'ready', counted_attempts: 0 }]);
  expect(await query(`select state from workers where id = 'first'`)).toEqual([{ state: 'gone' }]);
  const resumed: string[] = [];
  const second = startWorker(queue, { execute: async (task, hooks) => {
    resumed.push(...(await readdir(task.checkpointDir)));
    return computeDigest(task, hooks);
  } });
  await ended(sweepId);
  await second.stop();
  expect([resumed, existsSync(folder(id))]).toEqual([['step'], false]);
});

test('cancelling a sweep stops its running stages', async () => {
  const queue = createInlineQueue();
  // heartbeats every 20 ms
  const worker = startWorker(queue, { execute: hang, leaseMs: 60, reconcileMs: 3_600_000 });
  await firstPass();
  const { sweepId } = await submitPlan(database.store, queue, sketchSweep(fanSketch(1)), { principal: localPrincipal });
  await until(async () => (await query(`select from stages where state = 'running'`)).length === 2);
  await cancelSweep(database.store, sweepId, localPrincipal);
  await until(() => worker.lines.filter((line) => line.includes('lease lost or cancelled')).length === 2);
  await worker.stop();
  expect(await query('select distinct outcome from attempts')).toEqual([{ outcome: 'cancelled' }]);
  expect(await metrics()).toEqual({});
});

test('a stage that runs longer than its lease keeps it', async () => {
  const queue = createInlineQueue();
  const leaseMs = 90;
  const expiry = async (): Promise<number> => (await query<{ at: Date }>(`select lease_expires_at as at from stages`))[0]!.at.getTime();
  const worker = startWorker(queue, { leaseMs, reconcileMs: 3_600_000, execute: async (task, hooks) => {
    const first = await expiry();
    await until(async () => (await expiry()) > first + leaseMs);
    return computeDigest(task, hooks);
  } });
  await firstPass();
  const { sweepId } = await submitPlan(database.store, queue, sketchSweep([{ kind: 'train', inputs: [] }]), { principal: localPrincipal });
  await ended(sweepId);
  await worker.stop();
  expect(await query('select token::int, outcome from attempts')).toEqual([{ token: 1, outcome: 'done' }]);
});

test('a result survives the database being unavailable while it is written', async () => {
  const queue = createInlineQueue();
  let refusals = 2;
  const query = (text: string, params: unknown[]): Promise<unknown> => {
    if (!text.includes('complete_stages') || refusals === 0) return database.store.db.query(text, params);
    refusals -= 1;
    return Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
  };
  const db = new Proxy(database.store.db, { get: (target, key) => (key === 'query' ? query : Reflect.get(target, key, target)) });
  const { sweepId } = await submitPlan(database.store, queue, sketchSweep([{ kind: 'train', inputs: [] }]), { principal: localPrincipal });
  const worker = startWorker(queue, { store: { ...database.store, db }, leaseMs: 2000, reconcileMs: 60_000 });
  await ended(sweepId);
  await worker.stop();
  expect(refusals).toBe(0);
  expect(await database.store.db.query('select state, counted_attempts, token::int from stages')).toEqual([{ state: 'done', counted_attempts: 0, token: 1 }]);
});

test('what a stage logged is kept with its attempt', async () => {
  const queue = createInlineQueue();
  const worker = startWorker(queue);
  const { sweepId } = await submitPlan(database.store, queue, sketchSweep([{ kind: 'train', inputs: [] }]), { principal: localPrincipal });
  await ended(sweepId);
  await worker.stop();
  const [{ log } = { log: '' }] = await query<{ log: string }>('select log from attempts');
  expect(log).toMatch(/^\w+ [0-9a-f]{64}, attempt 1, on .+: .+\ndigest of 0 files\n$/);
});

test('a stage is not run on a corrupt file: its error names the file, and a retry recreates the file and then runs the stage', async () => {
  const planned = sketchSweep([{ kind: 'train', inputs: [] }, { kind: 'sample', inputs: [0] }]);
  const [train, sample] = planned.plan.stages.map(({ id }) => id);
  const queue = createInlineQueue();
  const corrupt: string[] = [];
  const attempts: string[] = [];
  const execute: ExecuteStage = async (task, hooks) => {
    attempts.push(task.kind);
    return computeDigest(task, hooks);
  };
  // the first training run's output is corrupted before its job is queued
  const corrupting: Queue = { ...queue, add: async (jobs) => {
    const [output] = await query<{ hash: string }>('select hash from stage_outputs where stage_id = $1', [train]);
    if (output !== undefined && corrupt.length === 0) {
      corrupt.push(output.hash);
      await writeFile(fileOf(join(database.home, 'artifacts'), output.hash), 'corrupt');
    }
    return queue.add(jobs);
  } };
  const worker = startWorker(corrupting, { execute, reconcileMs: 60_000 });
  const { sweepId } = await submitPlan(database.store, corrupting, planned, { principal: localPrincipal });
  await ended(sweepId);
  const [hash = ''] = corrupt;
  expect(attempts).toEqual(['train']);
  const [failed] = await query<{ state: string; counted_attempts: number; error: { code: string; message: string } }>('select state, counted_attempts, error from stages where id = $1', [sample]);
  expect(failed).toMatchObject({ state: 'failed', counted_attempts: 1, error: { code: 'artifact.corrupt', message: expect.stringContaining(join(database.home, 'artifacts', 'corrupt', hash)) as string } });
  await retryFailed(database.store, corrupting, sweepId, localPrincipal);
  await ended(sweepId);
  await worker.stop();
  expect([await sweepState(sweepId), attempts]).toEqual(['done', ['train', 'train', 'sample']]);
  expect(await metrics()).toEqual(expectedMetrics(planned.plan.stages));
});

test('a file that is missing for a moment, because the folder was away, is read when it is back: neither its stage nor the one that made it starts again', async () => {
  let away = 1;
  const { artifacts } = database.store;
  const materialise: typeof artifacts.materialise = (...asked) => (away-- > 0 ? Promise.reject(new ElucidateError('artifact.missing', 'Not there')) : artifacts.materialise(...asked));
  const queue = createInlineQueue();
  const worker = startWorker(queue, { store: { ...database.store, artifacts: { ...artifacts, materialise } } });
  const { sweepId } = await submitPlan(database.store, queue, sketchSweep([{ kind: 'train', inputs: [] }, { kind: 'sample', inputs: [0] }]), { principal: localPrincipal });
  await ended(sweepId);
  await worker.stop();
  expect(await query('select state, counted_attempts as counted, token::int from stages')).toEqual(Array.from({ length: 2 }, () => ({ state: 'done', counted: 0, token: 1 })));
});

test('a sweep runs on a store without paths: each attempt reads its own copies, which are deleted with it', async () => {
  const planned = sketchSweep(fanSketch(2), 'no paths');
  const [store, queue] = [{ ...database.store, artifacts: memoryArtifacts() }, createInlineQueue()];
  const read: string[] = [];
  const execute: ExecuteStage = (task, hooks) => {
    read.push(...Object.values(task.inputs).flatMap((files) => Object.values(files)));
    return computeDigest(task, hooks);
  };
  const worker = startWorker(queue, { store, execute });
  const { sweepId } = await submitPlan(store, queue, planned, { principal: localPrincipal });
  await ended(sweepId);
  await worker.stop();
  expect([await sweepState(sweepId), await metrics()]).toEqual(['done', expectedMetrics(planned.plan.stages)]);
  expect(new Set(read).size).toBe(planned.plan.stages.reduce((sum, { inputs }) => sum + Object.keys(inputs).length, 0));
  expect(read.filter((path) => existsSync(path))).toEqual([]);
});

test('a stage is given the outputs that it reads, not the snapshots and the state of a training that others go on from', async () => {
  const planned = sketchSweep([{ kind: 'train', inputs: [] }, { kind: 'sample', inputs: [0] }], 'given');
  const [store, queue] = [{ ...database.store, artifacts: memoryArtifacts() }, createInlineQueue()];
  const given: string[][] = [];
  const execute: ExecuteStage = async (task, hooks) => {
    given.push(Object.values(task.inputs).flatMap((files) => Object.keys(files)));
    const { outputs: { digest }, ...outcome } = await computeDigest(task, hooks);
    return { ...outcome, outputs: task.kind === 'train' ? { weights: digest!, snapshots: digest!, state: digest! } : { images: digest! } };
  };
  const worker = startWorker(queue, { store, execute });
  const { sweepId } = await submitPlan(store, queue, planned, { principal: localPrincipal });
  await ended(sweepId);
  await worker.stop();
  expect(given).toEqual([[], ['weights']]);
});

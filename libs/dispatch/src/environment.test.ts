import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { ExecuteStage } from '@elucidate/experiment/execution';
import { stageKinds, type StageKind } from '@elucidate/experiment/stages';
import { openFolder } from '@elucidate/store/artifact-stores/folder';
import { localPrincipal } from '@elucidate/store/principal';
import { getSweep } from '@elucidate/store/queries/sweeps';
import { listWorkers, releaseWorker } from '@elucidate/store/queries/workers';
import { until } from './conformance.fixture.js';
import { computeDigest, expectedMetrics } from './execute.fixture.js';
import { createInlineQueue } from './inline.js';
import { fanSketch, sketchSweep } from './plan.fixture.js';
import { isInTheWayOf } from './lacking.js';
import type { Queue } from './queue.js';
import { reconcile } from './reconcile.js';
import { openTestStore, type TestStore } from './store.fixture.js';
import { submitPlan } from './submit.js';
import { runWorker, type WorkerOptions } from './work.js';
import { clearWork, workFolderOf } from './work-folders.js';

let database: TestStore;
const workers: Working[] = [];
beforeEach(async () => {
  database = await openTestStore();
});
afterEach(async () => {
  await Promise.all(workers.splice(0).map(({ stop }) => stop()));
  await database.close();
});

interface Working {
  id: string;
  lines: string[];
  /** Rejects as the worker does. */
  done: Promise<void>;
  stop(): Promise<void>;
}

function startWorker(queue: Queue, options: Partial<WorkerOptions> = {}): Working {
  const stopping = new AbortController();
  const lines: string[] = [];
  const id = options.workerId ?? randomUUID();
  const done = runWorker({
    store: database.store, queue, home: database.home, execute: computeDigest, workerId: id, kinds: stageKinds, slots: 2, engine: 'test', version: '1.2.3+test',
    reconcileMs: 30, backoffMs: 1, retryMs: 20, signal: stopping.signal, log: (line) => void lines.push(line), ...options,
  });
  done.catch(() => undefined);
  const working = { id, lines, done, stop: () => (stopping.abort(), done.catch(() => undefined)) };
  workers.push(working);
  return working;
}

const query = <T>(text: string, params: unknown[] = []): Promise<T[]> => database.store.db.query(text, params);
const sweepState = async (id: string): Promise<string | undefined> => (await query<{ state: string }>('select state from sweeps where id = $1', [id]))[0]?.state;
const problemsOf = async (id: string) => (await listWorkers(database.store.db, { gone: true })).find((worker) => worker.id === id)?.setAside ?? [];
const counted = async (): Promise<number> => Number((await query<{ n: string }>('select coalesce(sum(counted_attempts), 0) as n from stages'))[0]?.n);

async function metrics(): Promise<Record<string, number>> {
  const found = await query<{ stage_id: string; value: number }>('select stage_id, value from metrics');
  return Object.fromEntries(found.map(({ stage_id, value }) => [stage_id, value]));
}

async function submitted(queue: Queue, width = 4) {
  const planned = sketchSweep(fanSketch(width), randomUUID());
  const { sweepId } = await submitPlan(database.store, queue, planned, { principal: localPrincipal });
  return { sweepId, expected: expectedMetrics(planned.plan.stages), done: () => until(async () => (await sweepState(sweepId)) === 'done') };
}

/** A home with a file in the place of one of its folders; `repair` puts that right. */
async function brokenHome(folder: 'work' | 'checkpoints'): Promise<{ home: string; repair(): Promise<void> }> {
  const home = join(database.home, randomUUID());
  await mkdir(home);
  await writeFile(join(home, folder), '');
  return { home, repair: () => rm(join(home, folder)) };
}

describe.each(['work', 'checkpoints'] as const)('a worker whose %s folder cannot be used', (folder) => {
  test('takes nothing and says why, while another does everything with nothing counted', async () => {
    const queue = createInlineQueue();
    const { home } = await brokenHome(folder);
    const bad = startWorker(queue, { home });
    const sweep = await submitted(queue);
    await until(async () => (await problemsOf(bad.id)).length > 0);
    expect(await problemsOf(bad.id)).toEqual([{ kinds: [...stageKinds], code: 'folder.unusable', message: expect.stringContaining(join(home, folder)) as string, since: expect.any(String) as string, until: expect.any(String) as string }]);
    startWorker(queue);
    await sweep.done();
    expect([await counted(), await metrics()]).toEqual([0, sweep.expected]);
    expect(await query('select distinct worker_id from attempts where worker_id = $1', [bad.id])).toEqual([]);
    expect(bad.lines.join('\n')).toMatch(/set aside for all stages: .*check that the folder exists/);
  });

  test('goes on by itself when it is repaired', async () => {
    const queue = createInlineQueue();
    const { home, repair } = await brokenHome(folder);
    const worker = startWorker(queue, { home });
    const sweep = await submitted(queue);
    await until(async () => (await problemsOf(worker.id)).length > 0);
    await repair();
    await sweep.done();
    expect([await counted(), await metrics()]).toEqual([0, sweep.expected]);
    await until(async () => (await problemsOf(worker.id)).length === 0);
  });
});

test('a worker whose folders are removed in the middle of a sweep fails nothing, and goes on when they are back', async () => {
  const queue = createInlineQueue();
  const home = join(database.home, randomUUID());
  const artifacts = join(home, 'artifacts');
  const store = { ...database.store, artifacts: await openFolder(artifacts) };
  let runs = 0;
  const execute: ExecuteStage = async (task, hooks) => {
    runs += 1;
    if (runs === 3) await rename(home, `${home}-away`);
    return computeDigest(task, hooks);
  };
  const worker = startWorker(queue, { store, home, execute });
  const sweep = await submitted(queue);
  await until(async () => (await problemsOf(worker.id)).length > 0);
  // the worker, which looks again every 20 ms, may make folders in between
  await until(() => rm(home, { recursive: true, force: true }).then(() => rename(`${home}-away`, home)).then(() => true, () => false));
  await sweep.done();
  expect([await counted(), await metrics()]).toEqual([0, sweep.expected]);
});

describe('a worker with artifacts of its own', () => {
  test('takes nothing and names the place that all share', async () => {
    const queue = createInlineQueue();
    const good = startWorker(queue);
    await until(async () => (await query('select from artifact_place')).length > 0);
    const own = join(database.home, 'own');
    const bad = startWorker(queue, { store: { ...database.store, artifacts: await openFolder(own) } });
    const sweep = await submitted(queue);
    await sweep.done();
    expect([await counted(), await metrics()]).toEqual([0, sweep.expected]);
    expect(await query('select distinct worker_id as id from attempts')).toEqual([{ id: good.id }]);
    expect(await problemsOf(bad.id)).toMatchObject([{ code: 'artifact.unshared', message: expect.stringMatching(new RegExp(`are in the folder .*artifacts on .*, not in the folder ${own} on`)) as string }]);
  });

  test('becomes the shared one when that is requested, or when the other is forgotten and has nothing to lose', async () => {
    const queue = createInlineQueue();
    await startWorker(queue).stop();
    const place = async (): Promise<string> => (await query<{ name: string }>('select name from artifact_place'))[0]?.name ?? '';
    const store = async (name: string) => ({ ...database.store, artifacts: await openFolder(join(database.home, name)) });
    await startWorker(queue, { store: await store('adopted'), adoptArtifacts: true }).stop();
    expect(await place()).toContain('adopted');
    await query(`update artifact_place set seen_at = clock_timestamp() - interval '3 minutes'`);
    await startWorker(queue, { store: await store('later') }).stop();
    expect(await place()).toContain('later');
    await query(`update artifact_place set seen_at = clock_timestamp() - interval '3 minutes'`);
    const sweep = await submitted(queue, 1);
    const working = startWorker(queue, { store: await store('later') });
    await sweep.done();
    await working.stop();
    await query(`update artifact_place set seen_at = clock_timestamp() - interval '3 minutes'`);
    await startWorker(queue, { store: await store('empty') }).stop();
    expect(await place()).toContain('later');
  });
});

/** The store over a database of which a check cannot learn where artifacts are shared while `away()`; all else goes through. */
function storeWithSilentDatabase(store: TestStore['store'], away: () => boolean): { store: TestStore['store']; asked(): number } {
  let asked = 0;
  const db = Object.create(store.db) as typeof store.db;
  db.query = ((text: string, ...rest: unknown[]) => {
    if (!text.includes('artifact_place') || !away()) return (store.db.query as (...all: unknown[]) => Promise<unknown>)(text, ...rest);
    asked++;
    return Promise.reject(Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED', syscall: 'connect' }));
  }) as typeof db.query;
  return { store: { ...store, db }, asked: () => asked };
}

describe('a check that the database does not answer', () => {
  test('leaves a worker set aside that was: its artifacts are still not the shared ones', async () => {
    const queue = createInlineQueue();
    const good = startWorker(queue);
    await until(async () => (await query('select from artifact_place')).length > 0);
    let away = false;
    const { store, asked } = storeWithSilentDatabase({ ...database.store, artifacts: await openFolder(join(database.home, 'own')) }, () => away);
    const bad = startWorker(queue, { store, retryMs: 5 });
    await until(async () => (await problemsOf(bad.id)).some(({ code }) => code === 'artifact.unshared'));
    away = true;
    await until(() => Promise.resolve(asked() > 3));
    const sweep = await submitted(queue, 12);
    await sweep.done();
    expect(await problemsOf(bad.id)).toMatchObject([{ code: 'artifact.unshared' }]);
    expect(await query('select distinct worker_id as id from attempts')).toEqual([{ id: good.id }]);
  });

  test.each([false, true])('sets no worker aside (alone: %s)', async (alone) => {
    const queue = createInlineQueue();
    let away = false;
    const { store, asked } = storeWithSilentDatabase(database.store, () => away);
    const worker = startWorker(queue, { store, alone, checkMs: 5 });
    await until(async () => (await query('select from artifact_place')).length > 0);
    away = true;
    await until(() => Promise.resolve(asked() > 3));
    const sweep = await submitted(queue);
    await sweep.done();
    expect([await counted(), await metrics(), await problemsOf(worker.id)]).toEqual([0, sweep.expected, []]);
    expect(worker.lines.join('\n')).not.toContain('set aside');
  });

  test('at its start lets a worker take stages as soon as there is an answer', async () => {
    const queue = createInlineQueue();
    let away = true;
    const { store } = storeWithSilentDatabase(database.store, () => away);
    const worker = startWorker(queue, { store });
    await until(async () => (await problemsOf(worker.id)).some(({ code }) => code === 'database.unreachable'));
    const sweep = await submitted(queue);
    away = false;
    await sweep.done();
    expect([await counted(), await metrics()]).toEqual([0, sweep.expected]);
    await until(async () => (await problemsOf(worker.id)).length === 0);
  });
});

const environmentErrors: [string, ElucidateError][] = [
  ['a full disk', new ElucidateError('disk.full', 'No space left')],
  ['an engine it lacks', new ElucidateError('engine.absent', 'No TensorFlow here')],
  ['code of another version', new ElucidateError('code.absent', 'This worker has version 1')],
  ['a process that cannot be started', new ElucidateError('process.unstartable', 'spawn EAGAIN')],
  ['the interpreter of a program', new ElucidateError('program.needs_missing', 'This worker has no python3')],
  ['a data set it lacks', new ElucidateError('data.missing', 'The folder is not on this machine')],
  ['an error of the system', Object.assign(new Error('EROFS: read-only file system'), { code: 'EROFS' }) as unknown as ElucidateError],
  ['a database of another schema', Object.assign(new Error('column "x" does not exist'), { code: '42703' }) as unknown as ElucidateError],
];

test.each(environmentErrors)('%s counts against no stage: another worker does them all', async (_, error) => {
  const queue = createInlineQueue();
  const bad = startWorker(queue, { execute: () => Promise.reject(error), retryMs: 50 });
  const sweep = await submitted(queue);
  await until(async () => (await problemsOf(bad.id)).length > 0);
  startWorker(queue);
  await sweep.done();
  expect([await counted(), await metrics()]).toEqual([0, sweep.expected]);
  expect(await query(`select distinct outcome from attempts order by 1`)).toEqual([{ outcome: 'done' }, { outcome: 'released' }]);
});

test('a disk that is full for a while costs no attempt', async () => {
  const queue = createInlineQueue();
  let full = 12;
  const execute: ExecuteStage = (task, hooks) => (full-- > 0 ? Promise.reject(new ElucidateError('disk.full', 'No space left')) : computeDigest(task, hooks));
  startWorker(queue, { execute, retryMs: 1 });
  const sweep = await submitted(queue);
  await sweep.done();
  expect([await counted(), await metrics()]).toEqual([0, sweep.expected]);
});

test('a stage that always meets a missing file on a sound worker fails in the end', async () => {
  const queue = createInlineQueue();
  startWorker(queue, { retryMs: 1, execute: () => Promise.reject(Object.assign(new Error('ENOENT: no such file'), { code: 'ENOENT' })) });
  const planned = sketchSweep([{ kind: 'train', inputs: [] }]);
  const { sweepId } = await submitPlan(database.store, queue, planned, { principal: localPrincipal });
  await until(async () => (await sweepState(sweepId)) === 'failed');
  expect(await query(`select state, counted_attempts, error ->> 'code' as code from stages`)).toEqual([{ state: 'failed', counted_attempts: 3, code: 'folder.unusable' }]);
});

test.each([
  ['a data set', 'data.missing', 'dataset', { dataset: { name: 'folder', contents: 'x' } }],
  ['the interpreter of a program', 'program.needs_missing', 'program', undefined],
] as const)('%s that no worker has keeps its stages waiting, with the reason, and holds up nothing else', async (_, code, need, given) => {
  const queue = createInlineQueue();
  const { hash: contents } = await database.store.artifacts.put(Buffer.from('an archive'), 'application/x-tar');
  const params = given ?? { network: { kind: 'program', contents, command: ['python3', 'main.py'] } };
  const lacks: ExecuteStage = (task, hooks) => (Object.keys(params).some((key) => Object.hasOwn(task.params as object, key)) ? Promise.reject(new ElucidateError(code, 'It is not on this machine')) : computeDigest(task, hooks));
  const all = [startWorker(queue, { execute: lacks }), startWorker(queue, { execute: lacks })];
  const planned = sketchSweep(fanSketch(3), `without ${need}`);
  for (const stage of planned.plan.stages) if (stage.kind === 'train') Object.assign(stage.params, params);
  const lacking = await submitPlan(database.store, queue, planned, { principal: localPrincipal });
  await until(async () => (await Promise.all(all.map(({ id }) => problemsOf(id)))).every((problems) => problems.some((problem) => problem.code === code && problem[need] !== undefined)));
  await until(async () => (await getSweep(database.store.db, lacking.sweepId, localPrincipal))?.waits.length === 1);
  const other = await submitted(queue);
  await other.done();
  expect([await sweepState(lacking.sweepId), await counted()]).toEqual(['running', 0]);
  startWorker(queue);
  await until(async () => (await sweepState(lacking.sweepId)) === 'done');
  expect(await counted()).toBe(0);
});

test('a sweep says what it waits for when no live worker can run its stages', async () => {
  const queue = createInlineQueue();
  const sweep = await submitted(queue, 1);
  const waits = async () => (await getSweep(database.store.db, sweep.sweepId, localPrincipal))?.waits;
  expect(await waits()).toEqual(['extractor', 'train'].map((kind) => ({ kind, stages: 1, reason: `no live worker takes ${kind} stages` })));
  const { home, repair } = await brokenHome('work');
  startWorker(queue, { home });
  await until(async () => (await waits())?.[0]?.reason.includes(join(home, 'work')) ?? false);
  expect((await waits())?.map(({ kind, stages }) => [kind, stages])).toEqual([['extractor', 1], ['train', 1]]);
  await repair();
  await sweep.done();
  expect(await waits()).toEqual([]);
});

test('a sweep that only a quarantined worker could run says why it is', async () => {
  const queue = createInlineQueue();
  const sweep = await submitted(queue, 6);
  const { id } = startWorker(queue, { slots: 1, maxFailures: 3, backoffMs: 60_000, execute: () => Promise.reject(new ElucidateError('stage.crashed', 'Killed')) });
  await until(async () => (await getSweep(database.store.db, sweep.sweepId, localPrincipal))?.waits.some(({ reason }) => reason.includes(`${id} is quarantined, 3 different stages failed here in a row, the last one with: Killed`)) ?? false);
});

test('alone, a worker ends with what is wrong', async () => {
  const { home } = await brokenHome('work');
  await expect(startWorker(createInlineQueue(), { home, alone: true }).done).rejects.toMatchObject({ code: 'folder.unusable' });
});

test.each([
  ['a data set', 'data.missing', { dataset: { name: 'folder', contents: 'x' } }],
  ['the interpreter of a program', 'program.needs_missing', undefined],
] as const)('alone, a worker ends with %s that it lacks if its sweep needs it, and not if another does', async (_, code, given) => {
  const queue = createInlineQueue();
  const { hash: contents } = await database.store.artifacts.put(Buffer.from('an archive'), 'application/x-tar');
  const params = given ?? { network: { kind: 'program', contents, command: ['python3', 'main.py'] } };
  const name = Object.keys(params)[0]!;
  const lacks: ExecuteStage = (task, hooks) => (Object.hasOwn(task.params as object, name) ? Promise.reject(new ElucidateError(code, 'It is not on this machine')) : computeDigest(task, hooks));
  const planned = sketchSweep(fanSketch(2), 'lacking');
  const { stages } = planned.plan;
  for (const stage of stages) if (stage.kind === 'train') Object.assign(stage.params, params);
  const lacking = await submitPlan(database.store, queue, planned, { principal: localPrincipal });
  const other = await submitted(queue);
  const only = startWorker(queue, { execute: lacks, alone: true, concerns: isInTheWayOf([{ params: { seed: 1 } }]) });
  await Promise.race([other.done(), only.done]);
  await until(async () => (await problemsOf(only.id)).some((problem) => problem.code === code));
  expect([await sweepState(other.sweepId), await sweepState(lacking.sweepId)]).toEqual(['done', 'running']);
  await only.stop();
  await query(`update stages set not_before = null`);
  await expect(startWorker(queue, { execute: lacks, alone: true, concerns: isInTheWayOf(stages) }).done).rejects.toMatchObject({ code });
});

test('alone, a worker on which different stages fail one after another ends and says why', async () => {
  const queue = createInlineQueue();
  await submitted(queue, 6);
  const only = startWorker(queue, { alone: true, slots: 1, maxFailures: 3, backoffMs: 60_000, execute: () => Promise.reject(new ElucidateError('stage.crashed', 'Killed')) });
  await expect(only.done).rejects.toMatchObject({ code: 'stage.failed', message: expect.stringContaining('3 different stages failed here in a row, the last one with: Killed') as string });
});

test('a worker ends when the schema becomes newer than it knows, and hands back what runs', async () => {
  const queue = createInlineQueue();
  const worker = startWorker(queue, { checkMs: 30, execute: (_task, { signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))) });
  await submitted(queue);
  await until(async () => (await query(`select from stages where state = 'running'`)).length === 2);
  await query(`insert into schema_migrations (timestamp, name) values (9999999999999, 'Tomorrow9999999999999')`);
  await expect(worker.done).rejects.toMatchObject({ code: 'database.outdated', message: expect.stringContaining('Tomorrow') as string });
  expect(await counted()).toBe(0);
  expect(await query(`select from stages where state = 'running'`)).toEqual([]);
});

test('a worker ends after so long without a stage', async () => {
  const queue = createInlineQueue();
  const sweep = await submitted(queue);
  const worker = startWorker(queue, { idleMs: 300 });
  await worker.done;
  expect(await sweepState(sweep.sweepId)).toBe('done');
});

test('a worker that takes long to start has not been idle', async () => {
  const queue = createInlineQueue();
  const sweep = await submitted(queue);
  const holder = database.store.db.createQueryRunner();
  await holder.startTransaction();
  await holder.query('lock table workers in access exclusive mode');
  const worker = startWorker(queue, { idleMs: 300 });
  await sleep(400);
  await holder.commitTransaction();
  await holder.release();
  await worker.done;
  expect(await sweepState(sweep.sweepId)).toBe('done');
});

test('a stage of another code version is left to a worker that has it', async () => {
  const queue = createInlineQueue();
  const sweep = await submitted(queue, 1);
  const old = startWorker(queue, { codeVersions: { train: 0, extractor: 1, reference: 1, sample: 1, embed: 1, score: 1 } });
  await until(async () => (await query(`select from stages where kind = 'reference' and state = 'done'`)).length > 0);
  expect(await query(`select state, token::int from stages where kind = 'train'`)).toEqual([{ state: 'ready', token: 0 }]);
  startWorker(queue);
  await sweep.done();
  expect([await counted(), await metrics()]).toEqual([0, sweep.expected]);
  expect(await query(`select from attempts a join stages s on s.id = a.stage_id where s.kind = 'train' and a.worker_id = $1`, [old.id])).toEqual([]);
});

test.each(['active', 'stopping', 'quarantined'])('a worker that was %s when it died is gone', async (state) => {
  await query(`insert into workers (id, host, pid, engine, kinds, concurrency, state, seen_at) values ('dead', 'h', 1, 'e', '{train}', 1, $1, clock_timestamp() - interval '2 minutes')`, [state]);
  await reconcile(database.store, createInlineQueue());
  expect(await query(`select state from workers where id = 'dead'`)).toEqual([{ state: 'gone' }]);
});

test('folders of attempts are removed only when those are over and old', async () => {
  const home = database.home;
  const queue = createInlineQueue();
  const sweep = await submitted(queue, 1);
  await startWorker(queue, { idleMs: 300 }).done;
  expect(await sweepState(sweep.sweepId)).toBe('done');
  const attempts = await query<{ stageId: string; token: number }>('select stage_id as "stageId", token::int from attempts limit 3');
  const [over, fresh, open] = attempts.map((lease) => join(home, 'work', `${workFolderOf(lease)}abcdef`)) as [string, string, string];
  const foreign = join(home, 'work', 'attempt-of-somebody');
  const unknown = join(home, 'work', `${workFolderOf({ stageId: 'f'.repeat(64), token: 1 })}abcdef`);
  for (const folder of [over, fresh, open, foreign, unknown]) {
    mkdirSync(folder, { recursive: true });
    if (folder !== fresh) await utimes(folder, new Date(0), new Date(0));
  }
  await query(`update attempts set ended_at = clock_timestamp() - interval '2 hours'`);
  await query('update attempts set ended_at = null where stage_id = $1 and token = $2', [attempts[2]?.stageId, attempts[2]?.token]);
  expect(await clearWork(database.store.db, home)).toBe(1);
  expect((await readdir(join(home, 'work'))).map((name) => join(home, 'work', name)).sort()).toEqual([fresh, open, foreign, unknown].sort());
});

const mountSmall = (folder: string): boolean => {
  mkdirSync(folder, { recursive: true });
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder]).status === 0;
};

const mayMount = ((): boolean => {
  const folder = mkdtempSync(join(tmpdir(), 'elucidate-mount-'));
  const mounted = mountSmall(folder);
  if (mounted) spawnSync('umount', [folder]);
  rmSync(folder, { recursive: true });
  return mounted;
})();

if (!mayMount) console.warn('a disk that is really full: not tested here, because this user may not mount one');
(mayMount ? test : test.skip)('on a disk that is really full a worker waits for room, and goes on by itself', async () => {
  const home = join(database.home, 'small');
  expect(mountSmall(home)).toBe(true);
  try {
    await expect(writeFile(join(home, 'ballast'), Buffer.alloc(8_000_000))).rejects.toMatchObject({ code: 'ENOSPC' });
    const queue = createInlineQueue();
    const worker = startWorker(queue, { home });
    const sweep = await submitted(queue, 1);
    await until(async () => (await problemsOf(worker.id)).some(({ code }) => code === 'disk.full'));
    await rm(join(home, 'ballast'));
    await sweep.done();
    expect(await counted()).toBe(0);
    await worker.stop();
  } finally {
    spawnSync('umount', [home]);
  }
});

describe('a worker that is released', () => {
  const released = async (id: string, kind?: StageKind) => (await releaseWorker(database.store.db, id, kind)).releasing;

  test('looks again at once for the kinds named, although its wait is an hour', async () => {
    const queue = createInlineQueue();
    const sick = new Set<StageKind>(['train', 'extractor']);
    const execute: ExecuteStage = (task, hooks) => (sick.has(task.kind) ? Promise.reject(new ElucidateError('code.absent', `no ${task.kind} here`)) : computeDigest(task, hooks));
    const worker = startWorker(queue, { execute, retryMs: 3_600_000, seenMs: 30 });
    const sweep = await submitted(queue, 1);
    await until(async () => (await problemsOf(worker.id)).length === 2);
    expect((await problemsOf(worker.id)).every(({ until: at }) => Date.parse(at!) > Date.now() + 30_000)).toBe(true);
    await expect(released(worker.id, 'score')).rejects.toMatchObject({ code: 'request.conflict', message: expect.stringContaining('not set aside for score') as string });
    sick.clear();
    expect(await released(worker.id, 'train')).toEqual(['train']);
    await until(async () => (await problemsOf(worker.id)).length === 1);
    expect((await problemsOf(worker.id)).map(({ kinds }) => kinds)).toEqual([['extractor']]);
    await released(worker.id);
    await sweep.done();
    expect([await counted(), await metrics()]).toEqual([0, sweep.expected]);
    // what the worker shows of itself follows what it does
    await until(async () => (await problemsOf(worker.id)).length === 0 && (await listWorkers(database.store.db))[0]?.releasing.length === 0);
    const [row] = await listWorkers(database.store.db);
    expect(row).toMatchObject({ id: worker.id, version: '1.2.3+test', failed: 0, running: [] });
    await until(async () => (await listWorkers(database.store.db))[0]?.done === Object.keys(sweep.expected).length);
  });

  test('goes on after it was quarantined, and is quarantined again only after as many failures', async () => {
    const queue = createInlineQueue();
    let broken = true;
    const execute: ExecuteStage = (task, hooks) => (broken ? Promise.reject(new ElucidateError('stage.crashed', 'Killed')) : computeDigest(task, hooks));
    const worker = startWorker(queue, { execute, maxFailures: 3, maxAttempts: 9, seenMs: 30 });
    const sweep = await submitted(queue, 4);
    await until(async () => (await listWorkers(database.store.db))[0]?.state === 'quarantined');
    // the reason is written after the state
    await until(async () => (await problemsOf(worker.id)).length > 0);
    expect(await problemsOf(worker.id)).toMatchObject([{ code: 'stage.crashed' }]);
    expect((await problemsOf(worker.id))[0]).not.toHaveProperty('until');
    broken = false;
    await released(worker.id);
    await sweep.done();
    const failed = Number((await query<{ n: string }>(`select count(*) as n from attempts where outcome = 'failed'`))[0]!.n);
    expect(failed).toBeGreaterThanOrEqual(3);
    // what it counts of itself follows what it did
    await until(async () => {
      const [row] = await listWorkers(database.store.db);
      return row!.state === 'active' && row!.failures === 0 && row!.setAside.length === 0 && row!.failed === failed;
    });
  });

  test('is not quarantined again by a failure from before that is counted late', async () => {
    const queue = createInlineQueue();
    let broken = true;
    let quarantines = 0;
    let countTheSecond = (): void => undefined;
    const late = new Promise<void>((resolve) => (countTheSecond = resolve));
    const db = Object.create(database.store.db) as typeof database.store.db;
    db.query = (async (text: string, params: unknown[] = []) => {
      if (params[0] === 'worker.quarantined' && ++quarantines === 2) await late;
      return database.store.db.query(text, params);
    }) as typeof db.query;
    const execute: ExecuteStage = (task, hooks) => (broken ? Promise.reject(new ElucidateError('stage.crashed', 'Killed')) : computeDigest(task, hooks));
    const worker = startWorker(queue, { store: { ...database.store, db }, execute, maxFailures: 1, maxAttempts: 9, seenMs: 30 });
    const sweep = await submitted(queue, 4);
    await until(async () => quarantines === 2 && (await problemsOf(worker.id)).length > 0);
    broken = false;
    await released(worker.id);
    await until(() => worker.lines.some((line) => line.startsWith('released')));
    countTheSecond();
    await sweep.done();
    await until(async () => (await listWorkers(database.store.db))[0]?.state === 'active' && (await problemsOf(worker.id)).length === 0);
  });

  test.each([
    ['set aside', new ElucidateError('code.absent', 'not here')],
    ['quarantined', new ElucidateError('stage.crashed', 'Killed')],
  ])('is not %s again by an attempt that began before and fails after', async (how, error) => {
    const queue = createInlineQueue();
    let began = 0;
    let fail: (error: unknown) => void = () => undefined;
    const late = new Promise<never>((_, reject) => (fail = reject));
    const execute: ExecuteStage = (task, hooks) => (++began === 1 ? late : began === 2 ? Promise.reject(error) : computeDigest(task, hooks));
    const worker = startWorker(queue, { execute, maxFailures: 1, maxAttempts: 9, retryMs: 3_600_000, seenMs: 30 });
    const times = (): number => worker.lines.filter((line) => line.startsWith(how)).length;
    const { sweepId } = await submitPlan(database.store, queue, sketchSweep([{ kind: 'train', inputs: [] }, { kind: 'train', inputs: [] }]), { principal: localPrincipal });
    try {
      await until(async () => (await problemsOf(worker.id)).length > 0);
      await released(worker.id);
      await until(() => worker.lines.some((line) => line.startsWith('released')));
    } finally {
      // the worker cannot be stopped while it waits for it
      late.catch(() => undefined);
      fail(error);
    }
    await until(async () => times() > 1 || (await sweepState(sweepId)) === 'done');
    expect(times()).toBe(1);
  });

  test('must be there, and set aside', async () => {
    const worker = startWorker(createInlineQueue());
    await until(async () => (await listWorkers(database.store.db)).length > 0);
    await expect(released(worker.id)).rejects.toMatchObject({ code: 'request.conflict' });
    await expect(released('nobody')).rejects.toMatchObject({ code: 'not_found', message: expect.stringContaining('elucidate workers') as string });
    await worker.stop();
    await expect(released(worker.id)).rejects.toMatchObject({ code: 'request.conflict', message: expect.stringContaining('is gone') as string });
  });
});

test('a worker shows itself once at a time, so that what is written last is the newest', async () => {
  const queue = createInlineQueue();
  let [open, most] = [0, 0];
  let letGo: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  const db = Object.create(database.store.db) as typeof database.store.db;
  db.query = (async (text: string, params: unknown[] = []) => {
    if (!text.includes('insert into workers')) return database.store.db.query(text, params);
    most = Math.max(most, ++open);
    if (params[6] !== '[]') await gate;
    return database.store.db.query(text, params).finally(() => open--);
  }) as typeof db.query;
  let began = 0;
  const execute: ExecuteStage = (task, hooks) => (++began === 1 ? Promise.reject(new ElucidateError('code.absent', 'not here')) : computeDigest(task, hooks));
  const worker = startWorker(queue, { store: { ...database.store, db }, execute });
  const sweep = await submitted(queue, 1);
  await until(() => worker.lines.some((line) => line.startsWith('takes') && line.endsWith('again')));
  letGo();
  await sweep.done();
  await until(async () => (await problemsOf(worker.id)).length === 0);
  expect(most).toBe(1);
});

test('a worker shows what it runs, of which kind and since when', async () => {
  let go: () => void = () => undefined;
  const waiting = new Promise<void>((resolve) => (go = resolve));
  const queue = createInlineQueue();
  const worker = startWorker(queue, { execute: (task, hooks) => waiting.then(() => computeDigest(task, hooks)) });
  const sweep = await submitted(queue, 1);
  await until(async () => (await listWorkers(database.store.db))[0]?.running.length === 2);
  const [row] = await listWorkers(database.store.db);
  const running = await query<{ id: string; kind: string; started_at: Date }>(`select id, kind, started_at from stages where state = 'running' order by started_at`);
  expect({ id: row!.id, running: row!.running }).toEqual({ id: worker.id, running: running.map(({ id, kind, started_at }) => ({ id, kind, startedAt: started_at.toISOString() })) });
  go();
  await sweep.done();
});

import { randomUUID } from 'node:crypto';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stageKinds } from '@elucidate/experiment/stages';
import { fileOf } from '@elucidate/store/artifact-stores/folder';
import { localPrincipal } from '@elucidate/store/principal';
import { prune, type Pruned } from '@elucidate/store/prune/prune';
import { recordProgram } from '@elucidate/store/queries/programs';
import fc from 'fast-check';
import { cancelSweep } from './cancel.js';
import { until } from './conformance.fixture.js';
import { deleteSweep } from './delete.js';
import { computeDigest } from './execute.fixture.js';
import { editSweep } from './edit.js';
import { enterStages } from './enter-stages.js';
import { createInlineQueue } from './inline.js';
import { fanSketch, sketchSweep } from './plan.fixture.js';
import { useTestStore } from './store.fixture.js';
import { submitPlan } from './submit.js';
import { runWorker } from './work.js';

const database = useTestStore('test');
const { query } = database;
const pruned = (options: Partial<Parameters<typeof prune>[1]> = {}): Promise<Pruned> => prune(database.store, { home: database.home, olderThanMs: 0, remove: true, graceMs: 0, ...options });
const nothing: Pruned = { stages: 0, events: 0, logs: 0, states: 0, artifacts: { count: 0, bytes: 0 }, checkpoints: { count: 0, bytes: 0 }, programs: { count: 0, bytes: 0 } };

/** Submits sweeps and works until they have ended; returns their ids. */
async function ran(...planned: ReturnType<typeof sketchSweep>[]): Promise<string[]> {
  const queue = createInlineQueue();
  const stopping = new AbortController();
  const { store, home } = database;
  const working = runWorker({ store, queue, home, execute: computeDigest, workerId: randomUUID(), kinds: stageKinds, slots: 2, engine: 'test', reconcileMs: 20, backoffMs: 1, signal: stopping.signal, log: () => undefined });
  const ids: string[] = [];
  for (const one of planned) ids.push((await submitPlan(store, queue, one, { principal: localPrincipal })).sweepId);
  await until(async () => (await query(`select 1 from sweeps where state = 'running'`)).length === 0);
  stopping.abort();
  await working;
  return ids;
}

/** All that results say, and the bytes they rest on. */
async function results(): Promise<unknown> {
  const outputs = await query<{ stage_id: string; hash: string }>('select stage_id, name, hash from stage_outputs order by 1, 2');
  for (const { hash } of outputs) for await (const _piece of database.store.artifacts.openRead(hash)) void _piece;
  return { outputs, metrics: await query('select * from metrics order by stage_id, name'), trials: await query('select sweep_id, cell_id, role, stage_id from trials t join trial_stages s on s.trial_id = t.id order by 1, 2, 3, 4') };
}

test('a schema that this code does not know is not pruned: it may refer to files in ways of its own', async () => {
  await query(`insert into schema_migrations (timestamp, name) values (9, 'FromTheFuture9')`);
  await expect(pruned()).rejects.toMatchObject({ code: 'database.outdated', message: expect.stringMatching(/newer.*FromTheFuture9/) as string });
  await query('delete from schema_migrations where timestamp = 9');
  await expect(pruned()).resolves.toEqual(nothing);
});

test('whatever sweeps share, whatever was deleted and however old things are, no pruning takes what a result rests on', async () => {
  const shape = fc.record({ width: fc.integer({ min: 1, max: 3 }), salt: fc.constantFrom('a', 'b') });
  await fc.assert(fc.asyncProperty(fc.array(shape, { minLength: 1, maxLength: 4 }), fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }), fc.constantFrom(0, 3_600_000), async (shapes, goes, olderThanMs) => {
    // sweeps of one salt share all they have in common
    const ids = await ran(...shapes.map(({ width, salt }) => sketchSweep(fanSketch(width), salt)));
    for (const [i, id] of ids.entries()) if (goes[i]) await deleteSweep(database.store, id);
    await query(`update attempts set ended_at = ended_at - random() * interval '2 hours'`);
    const before = await results();
    const foreseen = await pruned({ olderThanMs, remove: false });
    expect(await pruned({ olderThanMs, remove: false })).toEqual(foreseen);
    expect(await pruned({ olderThanMs })).toEqual(foreseen);
    expect(await results()).toEqual(before);
    expect(await pruned({ olderThanMs })).toEqual(nothing);
    // every stage that is left belongs to a sweep that is left
    expect(await query('select id from stages s where not exists (select from sweep_stages ss where ss.stage_id = s.id)')).toEqual([]);
    if (olderThanMs > 0) return;
    for (const { id } of await query<{ id: string }>('select id from sweeps')) await deleteSweep(database.store, id);
    await pruned();
    for (const table of ['sweeps', 'cells', 'trials', 'stages', 'stage_outputs', 'metrics', 'attempts', 'artifacts']) expect({ [table]: await query(`select * from ${table}`) }).toEqual({ [table]: [] });
    const left = [];
    for await (const file of database.store.artifacts.list()) left.push(file);
    expect(left).toEqual([]);
  }), { numRuns: 8, seed: 7 });
});

test('a sweep that runs keeps its events, and is not deleted; one that another shares keeps what is shared', async () => {
  const [small, large] = [sketchSweep(fanSketch(1), 'shared'), sketchSweep(fanSketch(2), 'shared')];
  const [first = '', second = ''] = await ran(small, large);
  const { sweepId } = await submitPlan(database.store, createInlineQueue(), sketchSweep(fanSketch(1), 'waits'), { principal: localPrincipal });
  await expect(deleteSweep(database.store, sweepId)).rejects.toMatchObject({ code: 'request.conflict', message: expect.stringContaining('cancel it first') as string });
  await expect(deleteSweep(database.store, 'nosuch')).rejects.toMatchObject({ code: 'not_found' });
  expect((await pruned()).events).toBeGreaterThan(0);
  expect((await query<{ sweep_id: string }>('select distinct sweep_id from events')).map((event) => event.sweep_id)).toEqual([sweepId]);
  expect(await deleteSweep(database.store, first)).toEqual({ stages: 0 });
  expect(await deleteSweep(database.store, second)).toEqual({ stages: large.plan.stages.length });
  await cancelSweep(database.store, sweepId, localPrincipal);
  await deleteSweep(database.store, sweepId);
  expect(await query('select id from stages')).toEqual([]);
});

test('files just put are left alone, whatever they belong to', async () => {
  const { hash } = await database.store.artifacts.put(Buffer.from('an output whose stage has not said so yet'), 'text/plain');
  expect((await pruned({ graceMs: 60_000 })).artifacts).toEqual({ count: 0, bytes: 0 });
  const anHourAgo = Date.now() / 1000 - 3600;
  await utimes(fileOf(join(database.home, 'artifacts'), hash), anHourAgo, anHourAgo);
  expect((await pruned({ graceMs: 60_000 })).artifacts).toEqual({ count: 1, bytes: 41 });
});

test('checkpoints go with the need for them: of done stages soon, of failed ones later, of waiting ones never', async () => {
  const planned = sketchSweep(fanSketch(1), 'checkpoints');
  await submitPlan(database.store, createInlineQueue(), planned, { principal: localPrincipal });
  const [done = '', failed = '', waiting = ''] = planned.plan.stages.map(({ id }) => id);
  const unknown = 'f'.repeat(64);
  await query(`update stages set state = 'done' where id = $1`, [done]);
  await query(`update stages set state = 'failed' where id = $1`, [failed]);
  const folder = join(database.home, 'checkpoints');
  for (const name of [done, failed, waiting, unknown, 'notes']) {
    await mkdir(join(folder, name), { recursive: true });
    await writeFile(join(folder, name, 'checkpoint-1.safetensors'), '12345');
    await utimes(join(folder, name), Date.now() / 1000 - 7200, Date.now() / 1000 - 7200);
  }
  expect((await pruned({ olderThanMs: 86_400_000, graceMs: 3_600_000 })).checkpoints).toEqual({ count: 1, bytes: 5 });
  expect((await readdir(folder)).sort()).toEqual([failed, waiting, unknown, 'notes'].sort());
  expect((await pruned({ olderThanMs: 3_600_000, graceMs: 3_600_000 })).checkpoints).toEqual({ count: 2, bytes: 10 });
  expect((await readdir(folder)).sort()).toEqual([waiting, 'notes'].sort());
});

test('stages that no sweep has any more go with what only they refer to, once they are old; what a sweep reads of them stays', async () => {
  const [id = ''] = await ran(sketchSweep(fanSketch(2), 'edited'));
  const narrow = sketchSweep(fanSketch(1), 'edited');
  await editSweep(database.store, createInlineQueue(), narrow, { sweepId: id, principal: localPrincipal, version: null });
  await query(`update stages set created_at = created_at - interval '2 hours', ended_at = ended_at - interval '2 hours'`);
  // cut off before its sweep was there: it reads what a sweep has, and what none has
  const loose = sketchSweep(fanSketch(3), 'edited').plan.stages;
  await enterStages(database.store.db, JSON.stringify(loose.map((stage, position) => ({ ...stage, position }))));
  const old = { olderThanMs: 3_600_000, graceMs: 3_600_000 };
  expect((await pruned({ ...old, remove: false })).stages).toBe(4);
  expect((await pruned(old)).stages).toBe(4);
  expect((await query('select id from stages')).length).toBe(loose.length - 4);
  expect((await pruned()).stages).toBe(4);
  expect((await query<{ id: string }>('select id from stages order by 1')).map((stage) => stage.id)).toEqual(narrow.plan.stages.map((stage) => stage.id).sort());
  expect((await pruned({ remove: false })).stages).toBe(0);
  for (const { hash } of await query<{ hash: string }>('select hash from stage_outputs')) for await (const piece of database.store.artifacts.openRead(hash)) void piece;
});

test('a program that was added stays, though no sweep has named it yet', async () => {
  const { store } = database;
  const [program, other] = [await store.artifacts.put(Buffer.from('a program'), 'application/x-tar'), await store.artifacts.put(Buffer.from('no program'), 'application/x-tar')];
  await recordProgram(store.db, program, localPrincipal);
  await recordProgram(store.db, program, localPrincipal);
  await pruned();
  expect(await store.artifacts.hasMany([program.hash, other.hash])).toEqual(new Set([program.hash]));
});

test('unpacked programs go when no sweep names them and none was run lately, and with them what their runs held in memory', async () => {
  const program = await database.store.artifacts.put(Buffer.from('a named program'), 'application/x-tar');
  await recordProgram(database.store.db, program, localPrincipal);
  const [named, unnamed = '', lately = ''] = [program.hash, ...['b', 'c'].map((digit) => digit.repeat(64))];
  const { sweepId } = await submitPlan(database.store, createInlineQueue(), sketchSweep(fanSketch(1), 'names a program'), { principal: localPrincipal });
  await query(`update sweeps set spec = jsonb_build_object('evaluate', jsonb_build_array(jsonb_build_object('extractor', jsonb_build_object('kind', 'program', 'contents', $2::text)))) where id = $1`, [sweepId, named]);
  const folder = join(database.home, 'programs');
  for (const name of [named, unnamed, lately, '.unpacking-x']) {
    await mkdir(join(folder, name), { recursive: true });
    await writeFile(join(folder, name, 'main.py'), '12345');
    if (name !== lately) await utimes(join(folder, name), Date.now() / 1000 - 7200, Date.now() / 1000 - 7200);
  }
  const held = join(database.home, 'program-memory');
  await mkdir(held);
  for (const name of [named, unnamed]) await writeFile(join(held, `${name}-${'0'.repeat(64)}`), '1000');
  const old = { olderThanMs: 86_400_000, graceMs: 3_600_000 };
  expect((await pruned({ ...old, remove: false })).programs).toEqual({ count: 1, bytes: 5 });
  expect((await pruned(old)).programs).toEqual({ count: 1, bytes: 5 });
  expect((await readdir(folder)).sort()).toEqual([named, lately, '.unpacking-x'].sort());
  expect(await readdir(held)).toEqual([`${named}-${'0'.repeat(64)}`]);
});

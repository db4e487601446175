import { randomUUID } from 'node:crypto';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { ExecuteHooks, ExecuteStage } from '@elucidate/experiment/execution';
import { localPrincipal } from '@elucidate/store/principal';
import { prune } from '@elucidate/store/prune/prune';
import { attemptLog } from '@elucidate/store/queries/logs';
import type { Store } from '@elucidate/store/store';
import { attempt, type Attempted } from './attempt.js';
import { until } from './conformance.fixture.js';
import { computeDigest } from './execute.fixture.js';
import { createInlineQueue } from './inline.js';
import { claim, type ClaimedStage } from './lease.js';
import { LogUpload } from './log-upload.js';
import { sketchSweep } from './plan.fixture.js';
import { useTestStore } from './store.fixture.js';
import { submitPlan } from './submit.js';

const database = useTestStore();

async function claimed(): Promise<ClaimedStage> {
  const planned = sketchSweep([{ kind: 'train', inputs: [] }], randomUUID());
  await submitPlan(database.store, createInlineQueue(), planned, { principal: localPrincipal });
  return (await claim(database.store.db, planned.plan.stages[0]!.id, { workerId: 'w', leaseMs: 60_000 }))!;
}

interface Running {
  stage: ClaimedStage;
  hooks: ExecuteHooks;
  ended: Promise<Attempted>;
  /** Lets the stage end: with an error, or done. */
  end(error?: Error): void;
  stop(): void;
}

/** An attempt under way whose heartbeat is every 20 ms. */
async function running(store: Store = database.store): Promise<Running> {
  const stage = await claimed();
  const stopping = new AbortController();
  let end: Running['end'] = () => undefined;
  const over = new Promise<void>((resolve, reject) => (end = (error) => (error ? reject(error) : resolve())));
  let begin: (hooks: ExecuteHooks) => void = () => undefined;
  const begun = new Promise<ExecuteHooks>((resolve) => (begin = resolve));
  const execute: ExecuteStage = async (task, hooks) => {
    begin(hooks);
    await over;
    return computeDigest(task, hooks);
  };
  const ended = attempt(stage, { store, execute, home: database.home, workerId: 'w', engine: 'test', leaseMs: 60, signal: stopping.signal });
  return { stage, hooks: await begun, ended, end, stop: () => stopping.abort() };
}

const logOf = ({ stageId, token }: ClaimedStage, which: number | undefined = token) => attemptLog(database.store, stageId, which);
const shows = (stage: ClaimedStage, text: string) => until(async () => (await logOf(stage).catch(() => null))?.text.includes(text) ?? false);
const partsOf = async ({ stageId }: ClaimedStage) => (await database.query<{ part: number }>('select part from log_parts where stage_id = $1 order by part', [stageId])).map(({ part }) => part);

test('what an attempt prints can be read while it runs, one heartbeat later; when it is done the whole is kept, and the parts are gone', async () => {
  const { stage, hooks, end, ended } = await running();
  hooks.onLog('step 1\0 \ud83d');
  await shows(stage, 'step 1\\x00 \ufffd');
  hooks.onLog('step 2');
  await shows(stage, 'step 2\n');
  expect(await logOf(stage)).toMatchObject({ token: stage.token, workerId: 'w', outcome: null, whole: false, text: expect.stringMatching(/^train .*, attempt 1, on w: test\nstep 1.*\nstep 2\n$/) as string });
  end();
  expect(await ended).toMatchObject({ end: 'done' });
  expect(await logOf(stage, undefined)).toMatchObject({ token: stage.token, outcome: 'done', whole: true, text: expect.stringMatching(/step 2\ndigest of 0 files\n$/) as string });
  expect(await partsOf(stage)).toEqual([]);
});

test.each([['short', 'with the attempt', 10], ['long', 'as an artifact', 10_000]] as const)('a %s log of a completed attempt is kept %s, and found either way', async (_, where, length) => {
  const { stage, hooks, end, ended } = await running();
  hooks.onLog('x'.repeat(length));
  end();
  await ended;
  expect(await database.query(`select log is not null as "with the attempt", log_hash is not null as "as an artifact" from attempts where stage_id = $1`, [stage.stageId])).toEqual([{ 'with the attempt': false, 'as an artifact': false, [where]: true }]);
  for (const which of [undefined, stage.token]) expect(await logOf(stage, which)).toMatchObject({ whole: true, outcome: 'done', text: expect.stringMatching(new RegExp(`\\nx{${length > 8192 ? 8192 : length}}.*\\ndigest of 0 files\\n$`)) as string });
  await database.query(`update attempts set ended_at = clock_timestamp() - interval '40 days' where stage_id = $1`, [stage.stageId]);
  expect((await prune(database.store, { home: database.home, olderThanMs: 30 * 86_400_000, remove: true })).logs).toBe(1);
  await expect(logOf(stage, undefined)).rejects.toMatchObject({ code: 'not_found' });
});

test('an attempt whose worker is gone leaves what it had printed at its last heartbeat', async () => {
  const { stage, hooks, end, ended } = await running();
  hooks.onLog('the last words');
  await shows(stage, 'the last words');
  // as if its worker had been killed: nobody extends the lease, nothing is written at its end
  await database.query(`update stages set lease_expires_at = clock_timestamp() - interval '1 s', token = token + 1 where id = $1`, [stage.stageId]);
  await database.query(`update attempts set outcome = 'expired', ended_at = clock_timestamp() where stage_id = $1`, [stage.stageId]);
  expect(await logOf(stage, undefined)).toMatchObject({ outcome: 'expired', whole: false, text: expect.stringContaining('the last words\n') as string });
  // a worker that was only frozen adds the rest
  hooks.onLog('and some more');
  end(new ElucidateError('stage.interrupted', 'The lease was lost'));
  await ended;
  expect(await logOf(stage, undefined)).toMatchObject({ outcome: 'expired', whole: true, text: expect.stringContaining('the last words\nand some more\n') as string });
});

test.each([
  ['failed', (run: Running) => run.end(new ElucidateError('stage.diverged', 'NaN')), 'failed'],
  ['handed back', (run: Running) => { run.stop(); run.end(new ElucidateError('stage.interrupted', 'stopped')); }, 'released'],
] as const)('the log of an attempt that was %s is an artifact', async (_, end, outcome) => {
  const run = await running();
  run.hooks.onLog('said before');
  await shows(run.stage, 'said before');
  run.hooks.onLog('said after');
  end(run);
  await run.ended;
  expect(await logOf(run.stage)).toMatchObject({ outcome, whole: true, text: expect.stringContaining('said before\nsaid after\n') as string });
  expect(await partsOf(run.stage)).toEqual([]);
});

test('where the log cannot be stored as an artifact, its parts hold all of it', async () => {
  const { artifacts } = database.store;
  const full: Store = { ...database.store, artifacts: { ...artifacts, put: () => Promise.reject(new ElucidateError('disk.full', 'no room')), name: artifacts.name } as Store['artifacts'] };
  const run = await running(full);
  run.hooks.onLog('no room for this');
  run.end(new ElucidateError('stage.diverged', 'NaN'));
  expect(await run.ended).toMatchObject({ end: 'failed' });
  expect(await logOf(run.stage)).toMatchObject({ outcome: 'failed', whole: false, text: expect.stringContaining('no room for this\n') as string });
});

test('a log of any length takes a megabyte at most: the first parts and the last', async () => {
  const stage = await claimed();
  const upload = new LogUpload(database.store.db, stage);
  for (let i = 0; i < 40; i += 1) {
    for (let line = 0; line < 100; line += 1) upload.push(`part ${i} ${'x'.repeat(2000)}`);
    await upload.send();
  }
  expect(await partsOf(stage)).toEqual([0, 1, 2, 3, ...Array.from({ length: 12 }, (_, i) => 28 + i)]);
  const { text } = await logOf(stage);
  expect(text.length).toBeLessThan(1.1 * 2 ** 20);
  expect(text).toMatch(/^part 0 x+\n[^]*part 3 x+\n\[\.\.\. left out \.\.\.\]\npart 28 x+\n[^]*part 39 x+\n$/);
  await upload.send();
  expect((await partsOf(stage)).length).toBe(16);
});

test('what the database did not take is sent with what follows', async () => {
  const stage = await claimed();
  let away = true;
  const sql = { query: (text: string, params?: unknown[]) => (away ? Promise.reject(new Error('away')) : database.store.db.query(text, params)) } as Store['db'];
  const upload = new LogUpload(sql, stage);
  upload.push('one');
  await expect(upload.send()).rejects.toThrow('away');
  upload.push('two');
  away = false;
  await upload.send();
  expect((await logOf(stage)).text).toBe('one\ntwo\n');
});

test('no part is left of one that was on its way when the log was removed', async () => {
  const stage = await claimed();
  let arrive: () => void = () => undefined;
  const way = new Promise<void>((resolve) => (arrive = resolve));
  const sql = { query: async (text: string, params?: unknown[]) => (text.includes('insert into log_parts') ? way : Promise.resolve()).then(() => database.store.db.query(text, params)) } as Store['db'];
  const upload = new LogUpload(sql, stage);
  upload.push('late');
  const sending = upload.send();
  await database.query(`update attempts set log = 'all of it' where stage_id = $1`, [stage.stageId]);
  const removing = upload.remove();
  arrive();
  await Promise.all([sending, removing]);
  upload.push('later');
  await upload.send();
  expect(await partsOf(stage)).toEqual([]);
});

test('parts that were left go with prune, and a log that is not there is not found', async () => {
  const stage = await claimed();
  const upload = new LogUpload(database.store.db, stage);
  upload.push('left');
  await upload.send();
  await database.query(`update attempts set outcome = 'expired', ended_at = clock_timestamp() - interval '40 days' where stage_id = $1`, [stage.stageId]);
  const options = { home: database.home, olderThanMs: 30 * 86_400_000 };
  expect((await prune(database.store, { ...options, remove: false })).logs).toBe(1);
  expect((await prune(database.store, { ...options, remove: true })).logs).toBe(1);
  for (const which of [undefined, 1, 7]) await expect(attemptLog(database.store, stage.stageId, which)).rejects.toMatchObject({ code: 'not_found' });
});

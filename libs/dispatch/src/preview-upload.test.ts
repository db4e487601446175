import { randomUUID } from 'node:crypto';
import { appendFile, mkdtemp, open, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';
import { previewFile, type ExecuteStage, type StageTask } from '@elucidate/experiment/execution';
import { localPrincipal } from '@elucidate/store/principal';
import { prune } from '@elucidate/store/prune/prune';
import { stagePreview } from '@elucidate/store/queries/stages';
import type { Store } from '@elucidate/store/store';
import { attempt, type Attempted } from './attempt.js';
import { until } from './conformance.fixture.js';
import { computeDigest } from './execute.fixture.js';
import { createInlineQueue } from './inline.js';
import { claim, release, type ClaimedStage } from './lease.js';
import { sketchSweep } from './plan.fixture.js';
import { PreviewUpload } from './preview-upload.js';
import { useTestStore } from './store.fixture.js';
import { submitPlan } from './submit.js';

const database = useTestStore();

/** The head of a PNG, and something after it. */
function png(text: string, width = 8): Buffer {
  const head = Buffer.from('89504e470d0a1a0a0000000d494844520000000000000008', 'hex');
  head.writeUInt32BE(width, 16);
  return Buffer.concat([head, Buffer.from(text)]);
}

async function claimed(): Promise<ClaimedStage> {
  const planned = sketchSweep([{ kind: 'train', inputs: [] }], randomUUID());
  await submitPlan(database.store, createInlineQueue(), planned, { principal: localPrincipal });
  return (await claim(database.store.db, planned.plan.stages[0]!.id, { workerId: 'w', leaseMs: 60_000 }))!;
}

/** Puts a picture in its place, by renaming, as trainers do. */
async function putIn(dir: string, picture: Buffer): Promise<void> {
  await writeFile(join(dir, `${previewFile}.new`), picture);
  await rename(join(dir, `${previewFile}.new`), join(dir, previewFile));
}

interface Showing {
  stage: ClaimedStage;
  upload: PreviewUpload;
  dir: string;
  lines: string[];
  put(picture: Buffer): Promise<void>;
}

/** A stage that is claimed, and an upload for it that nothing but the test asks to send. */
async function showing({ store = database.store, stage: given, ...limit }: { everyMs?: number | undefined; store?: Pick<Store, 'db'>; stage?: ClaimedStage } = {}): Promise<Showing> {
  const stage = given ?? (await claimed());
  const dir = await mkdtemp(join(database.home, 'showing-'));
  const lines: string[] = [];
  const upload = new PreviewUpload(store.db, stage, { workDir: dir, onLog: (line) => void lines.push(line), everyMs: 0, ...limit });
  return { stage, upload, dir, lines, put: (picture) => putIn(dir, picture) };
}

interface Running {
  stage: ClaimedStage;
  task: StageTask;
  ended: Promise<Attempted>;
  end(error?: Error): void;
}

/** A training under way whose heartbeat is every 20 ms. */
async function running(store: Store = database.store): Promise<Running> {
  const stage = await claimed();
  let end: Running['end'] = () => undefined;
  const over = new Promise<void>((resolve, reject) => (end = (error) => (error ? reject(error) : resolve())));
  let begin: (task: StageTask) => void = () => undefined;
  const begun = new Promise<StageTask>((resolve) => (begin = resolve));
  const execute: ExecuteStage = async (task, hooks) => {
    begin(task);
    await over;
    return computeDigest(task, hooks);
  };
  const ended = attempt(stage, { store, execute, home: database.home, workerId: 'w', engine: 'test', leaseMs: 60, signal: new AbortController().signal });
  return { stage, task: await begun, ended, end };
}

/** A store that handles statements about pictures in its own way. */
function storeWhere(handle: (write: () => Promise<unknown>) => Promise<unknown>): Store {
  const { db } = database.store;
  const query = (text: string, params: unknown[]): Promise<unknown> => (text.includes('insert into stage_previews') ? handle(() => db.query(text, params)) : db.query(text, params));
  return { ...database.store, db: new Proxy(db, { get: (target, key) => (key === 'query' ? query : Reflect.get(target, key, target)) as unknown }) };
}

const shownOf = ({ stageId }: ClaimedStage): Promise<Buffer | null> => stagePreview(database.store.db, stageId).catch(() => null);
const reported = async ({ stageId }: ClaimedStage): Promise<unknown[]> => (await database.query<{ data: object }>(`select data from events where type = 'stage.preview' and data->>'stageId' = $1 order by position`, [stageId])).map(({ data }) => data);

test('what a training shows can be read while it runs, and is an event; once it is done nothing is left', async () => {
  const { stage, task, ended, end } = await running();
  await putIn(task.outDir, png('one'));
  await until(async () => (await shownOf(stage)) !== null);
  expect(await shownOf(stage)).toEqual(png('one'));
  expect(await reported(stage)).toEqual([{ stageId: stage.stageId, kind: 'train', takenAt: expect.stringMatching(/^\d{4}-/) as string }]);
  end();
  expect(await ended).toMatchObject({ end: 'done' });
  expect(await shownOf(stage)).toBeNull();
});

test('the latest picture takes the place of the one before; one that is there already is not uploaded again', async () => {
  const { stage, upload, put } = await showing();
  await upload.send();
  expect(await shownOf(stage)).toBeNull();
  for (const text of ['one', 'two']) {
    await put(png(text));
    await upload.send();
    await upload.send();
    expect(await shownOf(stage)).toEqual(png(text));
  }
  expect(await reported(stage)).toHaveLength(2);
});

test('a picture that is written while it is looked at is taken once it is whole', async () => {
  const { stage, upload, dir } = await showing();
  const place = join(dir, previewFile);
  const whole = png('whole');
  await writeFile(place, whole.subarray(0, 25));
  const file = await open(place);
  const handles = Object.getPrototypeOf(file) as typeof file;
  await file.close();
  const stat = handles.stat;
  const looked = jest.spyOn(handles, 'stat').mockImplementationOnce(async function (this: typeof file) {
    const found = await stat.call(this);
    await appendFile(place, whole.subarray(25));
    return found;
  });
  await upload.send();
  looked.mockRestore();
  expect(await reported(stage)).toEqual([]);
  await upload.send();
  await upload.send();
  expect([await shownOf(stage), (await reported(stage)).length]).toEqual([whole, 1]);
});

test('a picture that the database did not take is sent again', async () => {
  let away = true;
  const { stage, upload, put } = await showing({ store: storeWhere((write) => (away ? Promise.reject(new Error('away')) : write())) });
  await put(png('kept'));
  await expect(upload.send()).rejects.toThrow('away');
  away = false;
  await upload.send();
  expect(await shownOf(stage)).toEqual(png('kept'));
});

test('a program that shows a picture each step has one uploaded every ten seconds', async () => {
  const { stage, upload, put } = await showing({ everyMs: undefined });
  const clock = jest.spyOn(performance, 'now').mockReturnValue(0);
  try {
    for (const [at, text, shown] of [[0, 'one', 'one'], [9_999, 'two', 'one'], [10_000, 'three', 'three'], [19_999, 'four', 'three']] as const) {
      clock.mockReturnValue(at);
      await put(png(text));
      await upload.send();
      expect([at, await shownOf(stage)]).toEqual([at, png(shown)]);
    }
  } finally {
    clock.mockRestore();
  }
  expect(await reported(stage)).toHaveLength(2);
});

test('what a link points to is not shown', async () => {
  const { stage, upload, dir, lines, put } = await showing();
  await writeFile(join(dir, 'elsewhere'), png('elsewhere'));
  await symlink(join(dir, 'elsewhere'), join(dir, previewFile));
  await upload.send();
  expect([await shownOf(stage), lines]).toEqual([null, []]);
  await rm(join(dir, previewFile));
  await put(png('here'));
  await upload.send();
  expect(await shownOf(stage)).toEqual(png('here'));
});

test.each([
  ['is no picture', Buffer.from('no picture of any kind'), 'it is no PNG'],
  ['has too many bytes', Buffer.concat([png('large'), Buffer.alloc(2 ** 20)]), `it has ${2 ** 20 + png('large').length} bytes, at most ${2 ** 20} are shown`],
  ['has too many pixels', png('wide', 4097), 'it has 4097x8 pixels, at most 4096 a side are shown'],
])('what %s is not shown, and the log says so once', async (_, unfit, why) => {
  const { stage, upload, lines, put } = await showing();
  await put(png('before'));
  await upload.send();
  for (let time = 0; time < 2; time++) {
    await put(unfit);
    await upload.send();
    expect([await shownOf(stage), lines]).toEqual([png('before'), [`preview.png is not shown: ${why}`]]);
  }
  await put(png('fit', 4096));
  await upload.send();
  expect([await shownOf(stage), lines.length, (await reported(stage)).length]).toEqual([png('fit', 4096), 1, 2]);
});

test('of an attempt that failed the last picture is kept until prune', async () => {
  const { stage, task, ended, end } = await running();
  await putIn(task.outDir, png('the last'));
  await until(async () => (await shownOf(stage)) !== null);
  end(new ElucidateError('stage.diverged', 'NaN'));
  await ended;
  expect(await shownOf(stage)).toEqual(png('the last'));
  const options = { home: database.home, olderThanMs: 30 * 86_400_000, remove: true };
  await prune(database.store, options);
  expect(await shownOf(stage)).toEqual(png('the last'));
  await database.query(`update attempts set ended_at = clock_timestamp() - interval '40 days' where stage_id = $1`, [stage.stageId]);
  await prune(database.store, options);
  expect(await shownOf(stage)).toBeNull();
});

test('an attempt whose lease was lost shows nothing more', async () => {
  const { stage, upload, put } = await showing();
  await database.query('update stages set token = token + 1 where id = $1', [stage.stageId]);
  await put(png('late'));
  await upload.send();
  expect([await shownOf(stage), await reported(stage)]).toEqual([null, []]);
});

test.each([
  ['taken over', 'token = token + 1'],
  ['completed', `state = 'done'`],
])('a picture that arrives while its stage is %s is not shown', async (_, change) => {
  const { stage, upload, put } = await showing();
  await put(png('late'));
  let sent = false;
  let sending: Promise<void> | undefined;
  await database.store.db.transaction(async (other) => {
    await other.query(`update stages set ${change} where id = $1`, [stage.stageId]);
    sending = upload.send().finally(() => (sent = true));
    await until(async () => sent || (await database.query(`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)).length > 0);
  });
  await sending;
  expect([await shownOf(stage), await reported(stage)]).toEqual([null, []]);
});

test('a picture never takes the place of one of a later attempt', async () => {
  const first = await showing();
  await release(database.store.db, first.stage);
  const second = await showing({ stage: (await claim(database.store.db, first.stage.stageId, { workerId: 'w', leaseMs: 60_000 }))! });
  await second.put(png('later'));
  await second.upload.send();
  await database.query('update stages set token = $2 where id = $1', [first.stage.stageId, first.stage.token]);
  await first.put(png('stale'));
  await first.upload.send();
  expect([await shownOf(first.stage), (await reported(first.stage)).length]).toEqual([png('later'), 1]);
});

test('the lease is kept while a picture takes long to upload', async () => {
  let began = false;
  let arrive: () => void = () => undefined;
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  const { stage, task, ended, end } = await running(storeWhere(async (write) => {
    began = true;
    await arrived;
    return write();
  }));
  await putIn(task.outDir, png('large'));
  await until(() => began);
  const expiry = async (): Promise<number> => (await database.query<{ at: Date }>('select lease_expires_at as at from stages where id = $1', [stage.stageId]))[0]!.at.getTime();
  const before = await expiry();
  await until(async () => (await expiry()) > before);
  arrive();
  end();
  expect(await ended).toMatchObject({ end: 'done' });
});

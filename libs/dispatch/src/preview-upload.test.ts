import { randomUUID } from 'node:crypto';
import { rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';
import { previewFile, type ExecuteHooks, type ExecuteStage, type StageTask } from '@elucidate/experiment/execution';
import { localPrincipal } from '@elucidate/store/principal';
import { prune } from '@elucidate/store/prune/prune';
import { stagePreview } from '@elucidate/store/queries/stages';
import { attempt, type Attempted } from './attempt.js';
import { until } from './conformance.fixture.js';
import { computeDigest } from './execute.fixture.js';
import { createInlineQueue } from './inline.js';
import { claim, type ClaimedStage } from './lease.js';
import { sketchSweep } from './plan.fixture.js';
import { useTestStore } from './store.fixture.js';
import { submitPlan } from './submit.js';

const database = useTestStore();

/** The head of a PNG, and something after it. */
function png(text: string, width = 8): Buffer {
  const head = Buffer.from('89504e470d0a1a0a0000000d494844520000000000000008', 'hex');
  head.writeUInt32BE(width, 16);
  return Buffer.concat([head, Buffer.from(text)]);
}

interface Running {
  stage: ClaimedStage;
  task: StageTask;
  hooks: ExecuteHooks;
  lines(): Promise<string>;
  ended: Promise<Attempted>;
  end(error?: Error): void;
}

/** A training under way whose heartbeat is every 20 ms. */
async function running(): Promise<Running> {
  const planned = sketchSweep([{ kind: 'train', inputs: [] }], randomUUID());
  await submitPlan(database.store, createInlineQueue(), planned, { principal: localPrincipal });
  const stage = (await claim(database.store.db, planned.plan.stages[0]!.id, { workerId: 'w', leaseMs: 60_000 }))!;
  let end: Running['end'] = () => undefined;
  const over = new Promise<void>((resolve, reject) => (end = (error) => (error ? reject(error) : resolve())));
  let begin: (begun: [StageTask, ExecuteHooks]) => void = () => undefined;
  const begun = new Promise<[StageTask, ExecuteHooks]>((resolve) => (begin = resolve));
  const execute: ExecuteStage = async (task, hooks) => {
    begin([task, hooks]);
    await over;
    return computeDigest(task, hooks);
  };
  const ended = attempt(stage, { store: database.store, execute, home: database.home, workerId: 'w', engine: 'test', leaseMs: 60, signal: new AbortController().signal });
  const [task, hooks] = await begun;
  const lines = async (): Promise<string> => (await database.query<{ text: string }>('select text from log_parts where stage_id = $1 order by part', [stage.stageId])).map(({ text }) => text).join('');
  return { stage, task, hooks, lines, ended, end };
}

const shownOf = ({ stageId }: ClaimedStage): Promise<Buffer | null> => stagePreview(database.store.db, stageId).catch(() => null);
const shows = (stage: ClaimedStage, expected: Buffer): Promise<void> => until(async () => (await shownOf(stage))?.equals(expected) ?? false);
const reported = async ({ stageId }: ClaimedStage): Promise<unknown[]> => (await database.query<{ data: object }>(`select data from events where type = 'stage.preview' and data->>'stageId' = $1 order by position`, [stageId])).map(({ data }) => data);

test('what a training shows can be read while it runs, the latest in place of the one before, and each is an event; once it is done nothing is left', async () => {
  const { stage, task, ended, end } = await running();
  const place = join(task.outDir, previewFile);
  await writeFile(place, png('one'));
  await shows(stage, png('one'));
  await writeFile(place, png('another'));
  await shows(stage, png('another'));
  const taken = expect.stringMatching(/^\d{4}-/) as string;
  expect(await reported(stage)).toEqual([1, 2].map(() => ({ stageId: stage.stageId, kind: 'train', takenAt: taken })));
  end();
  expect(await ended).toMatchObject({ end: 'done' });
  expect(await shownOf(stage)).toBeNull();
});

test('what is no picture, or too large, is not shown, and the log says so once; nor is what a link points to', async () => {
  const { stage, task, lines, ended, end } = await running();
  const place = join(task.outDir, previewFile);
  await writeFile(join(task.outDir, 'elsewhere'), png('elsewhere'));
  await symlink(join(task.outDir, 'elsewhere'), place);
  const saysInTurn = async (write: () => Promise<void>, what: string): Promise<void> => {
    await write();
    await until(async () => (await lines()).includes(what));
  };
  // a heartbeat later than the link
  await until(async () => (await lines()).includes('attempt 1'));
  expect(await shownOf(stage)).toBeNull();
  await rm(place);
  await saysInTurn(() => writeFile(place, 'no picture'), 'preview.png is not shown: it is no PNG');
  await writeFile(place, Buffer.alloc(2 ** 20 + 1));
  await writeFile(place, png('wide', 5000));
  await writeFile(place, png('fit'));
  await shows(stage, png('fit'));
  expect((await lines()).split('is not shown')).toHaveLength(2);
  end();
  await ended;
});

test('of an attempt that failed the last picture is kept until prune; one whose lease was lost shows nothing more', async () => {
  const failed = await running();
  await writeFile(join(failed.task.outDir, previewFile), png('the last'));
  await shows(failed.stage, png('the last'));
  failed.end(new ElucidateError('stage.diverged', 'NaN'));
  await failed.ended;
  expect(await shownOf(failed.stage)).toEqual(png('the last'));
  const options = { home: database.home, olderThanMs: 30 * 86_400_000, remove: true };
  await prune(database.store, options);
  expect(await shownOf(failed.stage)).toEqual(png('the last'));
  await database.query(`update attempts set ended_at = clock_timestamp() - interval '40 days' where stage_id = $1`, [failed.stage.stageId]);
  await prune(database.store, options);
  expect(await shownOf(failed.stage)).toBeNull();

  const lost = await running();
  await database.query(`update stages set token = token + 1 where id = $1`, [lost.stage.stageId]);
  await writeFile(join(lost.task.outDir, previewFile), png('late'));
  lost.end(new ElucidateError('stage.interrupted', 'The lease was lost'));
  await lost.ended;
  expect(await shownOf(lost.stage)).toBeNull();
});

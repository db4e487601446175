import { failureFingerprint } from '@elucidate/experiment/failure-fingerprint';
import type { GroupBlame } from '@elucidate/experiment/group-blame';
import { baseConfig, cosine, insertSweep, type CellRow } from '../sweep-rows.fixture.js';
import { useDatabase } from '../test-store.fixture.js';
import { failuresOf } from './failures.js';

const store = useDatabase();

/** Sampling steps 5 and 10, schedules linear and cosine, and 20 seeds of each: 80 trials, each with its train, sample and score. */
const grid = [5, 10].flatMap((steps) => [baseConfig.schedule, cosine].map((schedule): CellRow => ({
  id: `${steps}-${schedule.kind}`, config: { ...baseConfig, steps, schedule }, trials: Array.from({ length: 20 }, (_, seed) => ({ trainSeed: seed + 1, sampleSeed: 1 })),
})));

let minute = 0;
const nextTime = (): string => new Date(Date.UTC(2026, 10, 27, 15, minute++)).toISOString();

/** One attempt on a worker: done, or failed with an error of this message. */
async function tried(stageId: string, token: number, workerId: string, error?: { code: string; message: string }): Promise<void> {
  await store.db.query(`insert into attempts (stage_id, token, worker_id, outcome, error, ended_at) values ($1, $2, $3, $4, $5, $6)`,
    [stageId, token, workerId, error === undefined ? 'done' : 'failed', error === undefined ? null : JSON.stringify({ ...error, fingerprint: failureFingerprint(error) }), nextTime()]);
  await store.db.query('update stages set state = $2, worker_id = $3, ended_at = $4 where id = $1', [stageId, error === undefined ? 'done' : 'failed', workerId, nextTime()]);
}

const diverged = (step: number) => ({ code: 'stage.diverged', message: `The loss became NaN at step ${step}; lower learningRate` });
const crashed = (id: string) => ({ code: 'stage.crashed', message: `The process of sample stage ${id} died (SIGKILL) and had written nothing to stderr` });
const broken = (path: string) => ({ code: 'stage.failed', message: `TypeError: cannot read '/srv/${path}'` });

/** Four machines; d runs another version. */
const workers = ['a-1', 'a-2', 'b-1', 'c-1', 'd-1'];
const versionOn = (worker: string): string => (worker.startsWith('d') ? '0.2.0+new' : '0.1.0+old');

beforeAll(async () => {
  await insertSweep(store.db, 'fleet', grid);
  await store.db.query(`update sweeps set spec = '{"parameters": {"steps": {"values": [5, 10]}, "schedule": {"values": [1, 2]}}}'`);
  for (const worker of workers) {
    await store.db.query(`insert into workers (id, host, pid, engine, kinds, concurrency, state, version) values ($1, $2, 1, 'simd', '{train}', 1, 'active', $3)`, [worker, worker[0], versionOn(worker)]);
  }
  for (const { id, trials } of grid) {
    for (let seed = 0; seed < trials.length; seed += 1) {
      const [train, sample, score] = ['train', 'sample', 'score'].map((kind) => `${kind}-fleet-${id}-${seed}`) as [string, string, string];
      const worker = workers[seed % 4]!;
      // cell: cosine diverges on whichever machine trains it, and what needs it is not run
      if (id.endsWith('cosine')) {
        await tried(train, 1, worker, diverged(100 + seed));
        await store.db.query(`update stages set state = 'failed', error = $2 where id = any($1)`, [[sample, score], JSON.stringify({ code: 'stage.input_failed', message: 'Not run', details: { stageId: train } })]);
        continue;
      }
      await tried(train, 1, worker);
      // node: machine b kills processes that sample; another worker does them
      if (worker === 'b-1') await tried(sample, 1, 'b-1', crashed(sample));
      await tried(sample, 2, worker === 'b-1' ? 'a-2' : worker);
      // code: the old version cannot score, wherever it runs; the new one can
      if (seed < 8) await tried(score, 1, worker, broken(`${seed}/x`));
      await tried(score, 2, 'd-1');
    }
  }
});

test('66 failures of a fleet are three groups, each with its cause', async () => {
  const { groups, cut } = await failuresOf(store.db, 'fleet');
  expect(cut).toBe(false);
  expect(groups.map(({ code, blame, because, stages, attempts, states, kinds, notRun, common }) => ({ code, blame, because, stages, attempts, states, kinds, notRun, common }))).toEqual([
    {
      code: 'stage.diverged', blame: 'cell' satisfies GroupBlame, because: 'failed on a, b, c, done on none; a training run depends on the cell and its seed alone, so it diverges everywhere', stages: 40, attempts: 40, states: { failed: 40 }, kinds: { train: 40 }, notRun: 80,
      common: [{ parameter: 'schedule', value: cosine }],
    },
    { code: 'stage.failed', blame: 'code', because: 'failed under version 0.1.0+old on a, b, c; they are done under 0.2.0+new', stages: 16, attempts: 16, states: { done: 16 }, kinds: { score: 16 }, notRun: 0, common: [] },
    { code: 'stage.crashed', blame: 'node', because: 'failed on b only; they are done on a', stages: 10, attempts: 10, states: { done: 10 }, kinds: { sample: 10 }, notRun: 0, common: [] },
  ]);
});

test('a group names its workers, times and last failure, and what to do', async () => {
  const { workers: ofCell, workerCount, firstAt, lastAt, example, fingerprint, remedy } = (await failuresOf(store.db, 'fleet')).groups[0]!;
  expect(ofCell.map(({ id, host, version, attempts }) => [id, host, version, attempts])).toEqual([['a-1', 'a', '0.1.0+old', 10], ['a-2', 'a', '0.1.0+old', 10], ['b-1', 'b', '0.1.0+old', 10], ['c-1', 'c', '0.1.0+old', 10]]);
  expect({ workerCount, example, fingerprint }).toEqual({
    workerCount: 4, fingerprint: failureFingerprint(diverged(1)),
    example: { stageId: 'train-fleet-10-cosine-19', token: 1, kind: 'train', workerId: 'c-1', message: 'The loss became NaN at step 119; lower learningRate' },
  });
  const times = await store.db.query<{ first: Date; last: Date }[]>(`select min(ended_at) as first, max(ended_at) as last from attempts where error ->> 'code' = 'stage.diverged'`);
  expect([firstAt, lastAt]).toEqual([times[0]?.first.toISOString(), times[0]?.last.toISOString()]);
  expect(remedy).toContain('change or exclude these cells');
});

test('what failed stages share counts only if nothing of their kind that is done has it', async () => {
  await insertSweep(store.db, 'seeds', [{ id: 'c', config: baseConfig, trials: [{ trainSeed: 1, sampleSeed: 1 }, { trainSeed: 1, sampleSeed: 2 }, { trainSeed: 2, sampleSeed: 1 }] }]);
  const commonOf = async () => (await failuresOf(store.db, 'seeds')).groups[0]?.common;
  await tried('sample-seeds-c-0', 1, 'a-1', crashed('00000000'));
  // nothing is done: nothing to compare with
  expect(await commonOf()).toEqual([]);
  await tried('sample-seeds-c-2', 1, 'a-1');
  expect(await commonOf()).toEqual([{ parameter: 'trainSeed', value: 1 }]);
  await tried('sample-seeds-c-1', 1, 'a-1');
  expect(await commonOf()).toEqual([]);
});

test('a lease that expired, and an attempt of a version that stored no fingerprint, are grouped by their code', async () => {
  await insertSweep(store.db, 'old', [{ id: 'c', config: baseConfig, trials: [{}, {}, {}] }]);
  for (const [i, outcome, error] of [[0, 'expired', { code: 'stage.lease_expired', message: 'Worker x stopped answering' }], [1, 'expired', { code: 'stage.lease_expired', message: 'Worker y stopped answering' }], [2, 'failed', null]] as const) {
    await store.db.query(`insert into attempts (stage_id, token, worker_id, outcome, error) values ($1, 1, $2, $3, $4)`, [`train-old-c-${i}`, `forgotten-${i}`, outcome, error && JSON.stringify(error)]);
  }
  expect((await failuresOf(store.db, 'old')).groups).toMatchObject([
    { fingerprint: 'stage.lease_expired', code: 'stage.lease_expired', stages: 2, workers: [{ host: null, version: null }, { host: null }], blame: 'undecided', because: 'failed on forgotten-0, forgotten-1; they are to be tried again; a worker was stopped, frozen, starved or cut off, or the machine slept, whatever the stage did' },
    { fingerprint: 'failed', code: 'failed', stages: 1, example: { message: '' }, blame: 'undecided' },
  ]);
});

test('a sweep without failures has no groups', async () => {
  await insertSweep(store.db, 'fine', [{ id: 'c', config: baseConfig, trials: [{ fid: 1 }] }]);
  expect(await failuresOf(store.db, 'fine')).toEqual({ sweepId: 'fine', groups: [], cut: false });
});

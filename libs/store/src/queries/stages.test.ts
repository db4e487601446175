import { baseConfig, insertSweep } from '../sweep-rows.fixture.js';
import { localPrincipal } from '../principal.js';
import { useDatabase } from '../test-store.fixture.js';
import { getArtifact } from './artifacts.js';
import { trialScores } from './metrics.js';
import { workRates } from './rates.js';
import { getStage, listStages } from './stages.js';
import { listWorkers } from './workers.js';

const store = useDatabase();
const [train, sample] = ['a1'.repeat(32), 'a2'.repeat(32)];

beforeAll(async () => {
  await insertSweep(store.db, 'x', [{ id: 'c', config: baseConfig, trials: [{ fid: 1, kid: 2 }, {}, {}] }]);
  for (const [id, kind] of [[train, 'train'], [sample, 'sample']]) {
    await store.db.query(`insert into stages (id, kind, code_version, params, state, work, token) values ($1, $2, 1, '{"seed": 4}', 'done', 3000, 7)`, [id, kind]);
  }
  await store.db.query(`insert into stage_inputs values ($1, 'train', $2)`, [sample, train]);
  await store.db.query(`insert into artifacts (hash, size_bytes, media_type) values ('ff', 5000000000, 'image/png')`);
  await store.db.query(`insert into stage_outputs values ($1, 'sheet', 'ff')`, [sample]);
  await store.db.query(`insert into metrics (stage_id, name, value, stddev, details) values ($1, 'loss', 'NaN', 0.5, '{"step": 3}')`, [sample]);
  await store.db.query(`insert into attempts values
    ($1, 6, 'w', '2024-01-01T00:00:00Z', '2024-01-01T00:00:09Z', 'failed', '{"code": "stage.crashed", "message": "killed"}', 'aa'),
    ($1, 7, 'w', '2024-01-01T00:01:00Z', '2024-01-01T00:01:10Z', 'done', null, null)`, [sample]);
});

test('stages are found by sweep, kind and state, and paged in the order of the plan', async () => {
  const { stages, nextCursor } = await listStages(store.db, { sweepId: 'x', state: 'ready', limit: 4 });
  expect(stages.map(({ id }) => id)).toEqual(['train-x-c-1', 'sample-x-c-1', 'score-x-c-1', 'train-x-c-2']);
  const next = await listStages(store.db, { sweepId: 'x', state: 'ready', limit: 4, cursor: nextCursor ?? '' });
  expect(next).toMatchObject({ nextCursor: null, stages: [{ id: 'sample-x-c-2' }, { id: 'score-x-c-2' }] });
  expect((await listStages(store.db, { kind: 'train', state: 'done' })).stages.map(({ id }) => id)).toEqual([train, 'train-x-c-0']);
});

test('a stage has its inputs, artifacts, metrics and attempts, and can be named by eight digits', async () => {
  expect(await getStage(store.db, sample.slice(0, 8), localPrincipal)).toMatchObject({
    id: sample, kind: 'sample', state: 'done', params: { seed: 4 }, work: 3000, sweepIds: [],
    inputs: [{ name: 'train', stageId: train, kind: 'train', state: 'done' }],
    outputs: [{ name: 'sheet', hash: 'ff', sizeBytes: 5e9, mediaType: 'image/png' }],
    metrics: [{ name: 'loss', value: NaN, stddev: 0.5, n: null, evaluator: null, details: { step: 3 } }],
    attempts: [
      { token: 6, outcome: 'failed', error: { code: 'stage.crashed' }, logHash: 'aa', endedAt: '2024-01-01T00:00:09.000Z' },
      { token: 7, outcome: 'done', error: null, logHash: null },
    ],
  });
  expect(await getStage(store.db, 'b'.repeat(8), localPrincipal)).toBeNull();
  await expect(getStage(store.db, 'a', localPrincipal)).rejects.toMatchObject({ code: 'request.invalid' });
});

test('rates are the median over successful attempts', async () => {
  await store.db.query(`insert into attempts select $1, t, 'w', '2024-01-01Z', '2024-01-01Z'::timestamptz + s * interval '1 second', o from (values (1, 1, 'done'), (2, 30, 'done'), (3, 1000, 'failed')) v (t, s, o)`, [sample]);
  // 3000 / {1, 10, 30} seconds: median 300
  expect(await workRates(store.db)).toEqual([{ kind: 'sample', workPerSecond: 300, attempts: 3 }]);
});

test('workers are listed with what they run, those that are gone only on request', async () => {
  await store.db.query(`insert into workers (id, host, pid, engine, kinds, concurrency, state) values ('w', 'h', 1, 'simd', '{train,score}', 2, 'active'), ('g', 'h', 2, 'simd', '{train}', 1, 'gone')`);
  await store.db.query(`update stages set state = 'running', worker_id = 'w' where id = $1`, [train]);
  expect(await listWorkers(store.db)).toMatchObject([{ id: 'w', kinds: ['train', 'score'], running: [train], failures: 0 }]);
  expect(await listWorkers(store.db, { gone: true })).toHaveLength(2);
});

test('artifacts are found by their hash, and scores are listed by trial', async () => {
  expect(await getArtifact(store.db, 'ff', localPrincipal)).toMatchObject({ hash: 'ff', sizeBytes: 5e9, mediaType: 'image/png' });
  expect(await getArtifact(store.db, '00', localPrincipal)).toBeNull();
  expect((await trialScores(store.db, { sweepId: 'x' })).map(({ metric, value, nfe }) => [metric, value, nfe])).toEqual([['fid', 1, 19], ['kid', 2, 19]]);
});

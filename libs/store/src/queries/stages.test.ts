import { defaultRate } from '@elucidate/experiment/eta';
import { baseConfig, cosine, insertSweep } from '../sweep-rows.fixture.js';
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

test('a stage of a sweep has the values that decide it, of what the sweep varies, and the seeds', async () => {
  const id = '5'.repeat(64);
  await insertSweep(store.db, 'varied', [{ id: 'c', config: baseConfig, trials: [{ trainSeed: 3 }] }, { id: 'd', config: { ...baseConfig, schedule: cosine, steps: 20 }, trials: [{ sampleSeed: 9 }] }]);
  await store.db.query(`update sweeps set spec = $1 where id = 'varied'`, [{ parameters: { schedule: { values: [baseConfig.schedule, cosine] }, steps: { values: [10, 20] }, inputScale: { values: [1] } } }]);
  await store.db.query(`insert into stages (id, kind, code_version, params, state, work) values ($1, 'extractor', 1, '{}', 'ready', 1)`, [id]);
  await store.db.query(`insert into sweep_stages values ('varied', $1, 99, false)`, [id]);
  const { stages } = await listStages(store.db, { sweepId: 'varied' });
  expect(stages.map(({ kind, values }) => [kind, values])).toEqual([
    ['train', { schedule: 'linear', trainSeed: '3' }],
    ['sample', { schedule: 'linear', steps: '10', trainSeed: '3', sampleSeed: '0' }],
    ['score', { schedule: 'linear', steps: '10', trainSeed: '3', sampleSeed: '0' }],
    ['train', { schedule: 'cosine(0, 1, 1)', trainSeed: '1' }],
    ['sample', { schedule: 'cosine(0, 1, 1)', steps: '20', trainSeed: '1', sampleSeed: '9' }],
    ['score', { schedule: 'cosine(0, 1, 1)', steps: '20', trainSeed: '1', sampleSeed: '9' }],
    ['extractor', {}],
  ]);
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

test('rates are those of the latest stages that did enough work, and of networks of a few seconds at the default rate; apart for the exact denoiser', async () => {
  const ran = async (id: string, { params = '{}', work, seconds, train }: { params?: string; work: number; seconds: number; train?: string }): Promise<void> => {
    const kind = train === undefined ? 'train' : 'sample';
    await store.db.query(`insert into stages (id, kind, code_version, params, state, work, token, ended_at) values ($1, $2, 1, $3, 'done', $4, 1, '2024-01-02Z')`, [id, kind, params, work]);
    await store.db.query(`insert into attempts (stage_id, token, worker_id, started_at, ended_at, outcome) values ($1, 1, 'w', '2024-01-01Z', '2024-01-01Z'::timestamptz + $2 * interval '1 second', 'done')`, [id, seconds]);
    if (train !== undefined) await store.db.query(`insert into stage_inputs values ($1, 'train', $2)`, [id, train]);
  };
  const exact = '{"network": {"kind": "exact"}}';
  await ran('rate-exact', { params: exact, work: 0, seconds: 0.1 });
  await ran('rate-unet', { params: '{"network": {"kind": "unet"}}', work: 4e12, seconds: 100 });
  // so little work that starting up is most of its time
  await ran('rate-tiny', { params: '{"network": {"kind": "unet"}}', work: 1e6, seconds: 1 });
  await ran('rate-a', { work: 1e11, seconds: 100, train: 'rate-exact' });
  await ran('rate-b', { work: 3e11, seconds: 10, train: 'rate-unet' });
  await ran('rate-c', { work: 1e11, seconds: 10, train: 'rate-unet' });
  expect(await workRates(store.db)).toEqual([
    { kind: 'sample', exact: false, workPerSecond: (4e11 + 5 * defaultRate) / (20 + 5), attempts: 2, spread: expect.closeTo(Math.log(3) / Math.SQRT2, 9) as number },
    { kind: 'sample', exact: true, workPerSecond: 1e9, attempts: 1, spread: null },
    { kind: 'train', exact: false, workPerSecond: (4e12 + 5 * defaultRate) / (100 + 5), attempts: 1, spread: null },
  ]);
  await store.db.query(`delete from stage_inputs where stage_id like 'rate-%'; delete from stages where id like 'rate-%'`);
});

test('workers are listed with what they run, those that are gone only on request', async () => {
  await store.db.query(`insert into workers (id, host, pid, engine, kinds, concurrency, state) values ('w', 'h', 1, 'simd', '{train,score}', 2, 'active'), ('g', 'h', 2, 'simd', '{train}', 1, 'gone')`);
  await store.db.query(`update stages set state = 'running', worker_id = 'w', started_at = '2026-01-02T03:04:05.678Z', lease_expires_at = clock_timestamp() where id = $1`, [train]);
  expect(await listWorkers(store.db)).toMatchObject([{ id: 'w', kinds: ['train', 'score'], running: [{ id: train, kind: 'train', startedAt: '2026-01-02T03:04:05.678Z' }], failures: 0 }]);
  expect(await listWorkers(store.db, { gone: true })).toHaveLength(2);
});

test('artifacts are found by their hash, and scores are listed by trial', async () => {
  expect(await getArtifact(store.db, 'ff', localPrincipal)).toMatchObject({ hash: 'ff', sizeBytes: 5e9, mediaType: 'image/png' });
  expect(await getArtifact(store.db, '00', localPrincipal)).toBeNull();
  expect((await trialScores(store.db, { sweepId: 'x' })).map(({ metric, value, nfe }) => [metric, value, nfe])).toEqual([['fid', 1, 19], ['kid', 2, 19]]);
});

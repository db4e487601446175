import { localPrincipal } from '../principal.js';
import { baseConfig, insertSweep, realBaselines } from '../sweep-rows.fixture.js';
import { useDatabase } from '../test-store.fixture.js';
import { cellDetail } from './cell-detail.js';

const store = useDatabase();
const [one, other] = ['abcdef01', 'abcdef99'].map((start) => start.padEnd(64, '0')) as [string, string];

beforeAll(async () => {
  await insertSweep(store.db, 'old', [{ id: one, config: baseConfig, trials: [{ fid: 7 }] }]);
  await insertSweep(store.db, 'new', [
    { id: one, config: baseConfig, trials: [{ trainSeed: 1, sampleSeed: 1, fid: 4, nfe: 19 }, { trainSeed: 2, sampleSeed: 1, fid: 6, nfe: 19 }, { trainSeed: 3, sampleSeed: 1, fid: NaN, nfe: 19 }, { trainSeed: 4, sampleSeed: 1 }] },
    { id: other, config: { ...baseConfig, steps: 20 }, trials: [{ fid: 1 }] },
  ]);
  await store.db.query(`insert into artifacts (hash, size_bytes, media_type) values ('w', 4096, 'application/octet-stream')`);
  await store.db.query(`insert into stage_outputs values ($1, 'weights', 'w')`, [`train-new-${one}-0`]);
  await store.db.query(`update sweeps set owner = 'ann' where id = 'new'`);
});

const ask = (cell: string, sweepId?: string) => cellDetail(store.db, { cell, sweepId, principal: localPrincipal });

test('of a score that is made of parts these are given, and nothing else of its details', async () => {
  const classes = [{ name: 'Shirt', real: 3, generated: 0, density: null, coverage: 0 }];
  await store.db.query(`update metrics set details = $2 where stage_id = $1 and name = 'fid'`, [`score-old-${one}-0`, JSON.stringify({ classes, evaluator: { large: true }, k: 5 })]);
  const scored = (await ask('abcdef01', 'old'))!.stages.find(({ kind }) => kind === 'score')!;
  expect(scored.details).toEqual({ fid: { classes: [{ name: 'Shirt', real: 3, generated: 0, coverage: 0 }] } });
});

test('a configuration has its values, its estimate, its trials, and each stage once with its outputs', async () => {
  const found = (await ask('abcdef01'))!;
  expect(found).toMatchObject({ sweepId: 'new', sweepName: 'new', cellId: one, config: baseConfig, varying: { steps: '10' }, alsoIn: ['old'], trialsCut: false });
  const half = 12.706204736; // t(0.975, 1), and a standard error of 1
  expect(found.scores).toEqual([{
    evaluator: 'e', n: 2048, nfe: 19,
    metrics: { fid: { mean: 5, stddev: Math.SQRT2, min: 4, max: 6, count: 2, diverged: 1, n: 2048, real: realBaselines.fid, trials: 4, confidence: { trainingRuns: 2, samples: 1, reach: 'training runs', interval: { low: 0, high: expect.closeTo(5 + half, 4) }, bestOfThree: null, spread: { trainingRuns: expect.closeTo(Math.SQRT2, 12), samples: null, rest: null, bootstrap: { low: 4, high: 6 } } } } },
    bases: [expect.objectContaining({ metric: 'fid', evaluator: 'e', n: 2048, real: { value: realBaselines.fid, n: 2048 }, best: 5, weak: [] })],
  }]);
  expect(found.trials.map(({ trainSeed, stages }) => [trainSeed, stages.score])).toEqual([1, 2, 3, 4].map((seed, i) => [seed, `score-new-${one}-${i}`]));
  expect(found.stages).toHaveLength(12);
  expect(found.stages[0]).toMatchObject({ id: `train-new-${one}-0`, kind: 'train', state: 'done', outputs: [{ name: 'weights', hash: 'w', sizeBytes: 4096, mediaType: 'application/octet-stream' }] });
  const scores = found.stages.filter(({ kind }) => kind === 'score').map(({ state, metrics }) => [state, metrics['fid']]);
  expect(scores).toEqual([['done', 4], ['done', 6], ['done', null], ['ready', undefined]]);
});

test('a stage has its last attempts in order, with what is known of who made them', async () => {
  await store.db.query(`insert into workers (id, host, pid, engine, version, kinds, concurrency, state) values ('w1', 'node7', 1, 'simd', '0.1.0+ab', '{train}', 1, 'gone')`);
  await store.db.query(`insert into attempts (stage_id, token, worker_id, outcome, started_at, ended_at) select $1, n, case n when 30 then 'w1' else 'away' end, case n when 30 then 'done' else 'expired' end, '2024-01-01T00:00:00Z', '2024-01-01T00:01:00.5Z' from generate_series(1, 30) n`, [`train-old-${one}-0`]);
  const { attempts } = (await ask('abcdef01', 'old'))!.stages[0]!;
  expect(attempts.map(({ token }) => token)).toEqual(Array.from({ length: 20 }, (_, i) => i + 11));
  expect(attempts.at(-1)).toEqual({ token: 30, workerId: 'w1', host: 'node7', engine: 'simd', version: '0.1.0+ab', startedAt: '2024-01-01T00:00:00.000Z', endedAt: '2024-01-01T00:01:00.500Z', outcome: 'done' });
  expect(attempts[0]).toMatchObject({ workerId: 'away', host: null, engine: null, outcome: 'expired' });
});

test('a configuration that several sweeps have is that of the newest, or of the one that is named', async () => {
  expect((await ask('abcdef01', 'old'))!.scores[0]!.metrics['fid']).toMatchObject({ mean: 7, count: 1 });
});

test('digits that several configurations begin with are refused, those of none find nothing, and nobody sees what belongs to somebody else', async () => {
  await expect(ask('abcdef')).rejects.toMatchObject({ code: 'request.invalid' });
  expect(await ask('123456')).toBeNull();
  const bob = { id: 'bob', scope: 'read' as const };
  expect(await cellDetail(store.db, { cell: other, principal: bob })).toBeNull();
  expect(await cellDetail(store.db, { cell: other, principal: { ...bob, id: 'ann' } })).not.toBeNull();
});

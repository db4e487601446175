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

test('a configuration has its values, its estimate, its trials, and each stage once with its outputs', async () => {
  const found = (await ask('abcdef01'))!;
  expect(found).toMatchObject({ sweepId: 'new', sweepName: 'new', cellId: one, config: baseConfig, varying: { steps: '10' }, alsoIn: ['old'], trialsCut: false });
  expect(found.scores).toEqual([{ evaluator: 'e', n: 2048, nfe: 19, metrics: { fid: { mean: 5, stddev: Math.SQRT2, min: 4, max: 6, count: 2, diverged: 1, n: 2048, real: realBaselines.fid } } }]);
  expect(found.trials.map(({ trainSeed, stages }) => [trainSeed, stages.score])).toEqual([1, 2, 3, 4].map((seed, i) => [seed, `score-new-${one}-${i}`]));
  expect(found.stages).toHaveLength(12);
  expect(found.stages[0]).toMatchObject({ id: `train-new-${one}-0`, kind: 'train', state: 'done', outputs: [{ name: 'weights', hash: 'w', sizeBytes: 4096, mediaType: 'application/octet-stream' }] });
  const scores = found.stages.filter(({ kind }) => kind === 'score').map(({ state, metrics }) => [state, metrics['fid']]);
  expect(scores).toEqual([['done', 4], ['done', 6], ['done', null], ['ready', undefined]]);
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

import { joinPages } from '@elucidate/experiment/leaderboard-pages';
import { baseConfig, insertSweep } from '../sweep-rows.fixture.js';
import { localPrincipal } from '../principal.js';
import { useDatabase } from '../test-store.fixture.js';
import { ablationTable } from './ablation.js';
import { cellDetail } from './cell-detail.js';
import { leaderboard } from './leaderboard.js';
import { sweepPlot } from './sweep-plot.js';

const store = useDatabase();
const cells = ['whole', 'lost-one', 'lost-all', 'to-come'];

beforeAll(async () => {
  const [scored, none] = [[30, 31, 32], {}] as const;
  await insertSweep(store.db, 'lost', [
    { id: cells[0]!, config: { ...baseConfig, steps: 5 }, trials: scored.map((fid, i) => ({ fid, trainSeed: i + 1, sampleSeed: 1 })) },
    { id: cells[1]!, config: { ...baseConfig, steps: 10 }, trials: [{ fid: 9, trainSeed: 1, sampleSeed: 1 }, { fid: 10, trainSeed: 2, sampleSeed: 1 }, { trainSeed: 3, sampleSeed: 1 }] },
    { id: cells[2]!, config: { ...baseConfig, steps: 20 }, trials: [1, 2, 3].map((trainSeed) => ({ ...none, trainSeed, sampleSeed: 1 })) },
    { id: cells[3]!, config: { ...baseConfig, steps: 40 }, trials: [{ fid: 8, trainSeed: 1, sampleSeed: 1 }, { trainSeed: 2, sampleSeed: 1 }, { trainSeed: 3, sampleSeed: 1 }] },
  ]);
  // a training that fails has no score, and what needs it is not run; one may fail for another reason
  await store.db.query(`update stages set state = 'failed', error = '{"code": "stage.diverged"}' where id in ('train-lost-lost-one-2', 'train-lost-lost-all-0', 'train-lost-lost-all-1', 'train-lost-lost-all-2')`);
  await store.db.query(`update stages set state = 'failed', error = '{"code": "stage.crashed"}' where id = 'train-lost-to-come-1'`);
});

test('a leaderboard says which configurations diverged, of how many trials, and which only lack some', async () => {
  const rows = joinPages([await leaderboard(store.db, localPrincipal, { sweepId: 'lost' })]).flatMap((group) => group.rows);
  expect(rows.map(({ cellId, rank, notRanked }) => [cellId, rank, notRanked])).toEqual(expect.arrayContaining([['whole', 1, undefined], ['lost-one', null, '1 of 3 diverged'], ['lost-all', null, '3 of 3 diverged'], ['to-come', null, '1 of 3 trials']]));
});

test('so does a configuration by itself', async () => {
  const found = await cellDetail(store.db, { cell: 'lost-one', principal: localPrincipal });
  expect(found?.scores[0]?.metrics['fid']).toMatchObject({ count: 2, diverged: 1, trials: 3 });
});

test('in a table an entry counts them, and in a picture one of which all diverged is a point without a score', async () => {
  const { cells: [entries], columns, lost } = await ablationTable(store.db, { sweepId: 'lost', name: 'sampler' });
  expect(entries!.map((entry, i) => [columns[i], entry?.count, entry?.diverged])).toEqual([['5', 3, 0], ['10', 2, 1], ['20', undefined, undefined], ['40', 1, 0]]);
  expect(lost).toEqual([[null, null, '3 of 3 diverged', null]]);
  const { points, cells: counted } = await sweepPlot(store.db, { sweepId: 'lost', x: 'steps' });
  expect(points.map(({ x, mean, count, diverged }) => [x, mean, count, diverged])).toEqual([[5, 31, 3, 0], [10, 9.5, 2, 1], [20, null, 0, 3], [40, 8, 1, 0]]);
  expect(counted).toEqual({ drawn: 4, selected: 4 });
});

import { joinPages } from '@elucidate/experiment/leaderboard-pages';
import { baseConfig, insertSweep } from '../sweep-rows.fixture.js';
import { localPrincipal } from '../principal.js';
import { useDatabase } from '../test-store.fixture.js';
import { ablationTable } from './ablation.js';
import { cellDetail } from './cell-detail.js';
import { divergedTrials } from './diverged-trials.js';
import { leaderboard } from './leaderboard.js';
import { summarise } from './summaries.js';
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

test('a row of which all trials diverged has the seeds that they have', async () => {
  const rows = joinPages([await leaderboard(store.db, localPrincipal, { sweepId: 'lost' })]).flatMap((group) => group.rows);
  expect(rows.find(({ cellId }) => cellId === 'lost-all')).toMatchObject({ metrics: {}, trainSeeds: [1, 2, 3], sampleSeeds: [1] });
  // the seeds that stand in a mean, as elsewhere
  expect(rows.find(({ cellId }) => cellId === 'lost-one')).toMatchObject({ trainSeeds: [1, 2], sampleSeeds: [1] });
});

test('of a page of a sweep of which thousands of stages failed, those of its own trials are read', async () => {
  await store.db.query(`
    with new_sweep as (insert into sweeps (id, name, state, spec, spec_hash) values ('ruin', 'ruin', 'failed', '{"name": "x"}', 'h')),
    new_cells as (insert into cells select 'ruin', 'r' || i, i, '{"steps": 1}' from generate_series(0, 3999) i),
    new_stages as (insert into stages (id, kind, code_version, params, state, work, error) select 'ruined-' || i, 'train', 1, '{}', 'failed', 1, '{"code": "stage.diverged"}' from generate_series(0, 3999) i returning id),
    new_trials as (insert into trials (sweep_id, cell_id, train_seed, sample_seed) select 'ruin', 'r' || i, 1, 1 from generate_series(0, 3999) i returning id, cell_id)
    select 1`);
  await store.db.query(`insert into sweep_stages select 'ruin', 'ruined-' || i, i, false from generate_series(0, 3999) i`);
  await store.db.query(`insert into trial_stages select id, 'train', 'ruined-' || substr(cell_id, 2) from trials where sweep_id = 'ruin'`);
  while (await summarise(store.db, 'ruin'));
  await store.db.query('analyze');
  await store.db.transaction(async (tx) => {
    const read = async (): Promise<number> => (await tx.query<[{ rows: number }]>(`select (seq_tup_read + coalesce(idx_tup_fetch, 0))::int as rows from pg_stat_xact_user_tables where relname = 'stages'`))[0].rows;
    const before = await read();
    const found = await divergedTrials(tx, ['r7', 'r8'].map((cellId) => ({ sweepId: 'ruin', cellId })));
    expect(found.map(({ cellId, diverged, trials }) => [cellId, diverged, trials]).sort()).toEqual([['r7', 1, 1], ['r8', 1, 1]]);
    expect((await read()) - before).toBeLessThan(20);
  });
});

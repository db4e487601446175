import { baseConfig, insertSweep } from '../sweep-rows.fixture.js';
import { useDatabase } from '../test-store.fixture.js';
import { cellSheets, provenanceOf } from './report.js';

const store = useDatabase();

beforeAll(async () => {
  await insertSweep(store.db, 'r', ['a', 'b', 'c'].map((id) => ({ id, config: baseConfig, trials: [{ fid: 1, sampleSeed: 2 }, { fid: 1, sampleSeed: 1 }] })));
  await store.db.query(`insert into artifacts (hash, size_bytes, media_type) values ('g', 1, 'image/png')`);
  for (const stage of ['a-0', 'a-1', 'b-0']) await store.db.query(`insert into stage_outputs values ($1, 'sheet', 'g')`, [`sample-r-${stage}`]);
  await store.db.query(`update stages set provenance = '{"engine": "simd"}' where kind = 'train' and id <> 'train-r-a-0'`);
});

test('a cell shows the preview of its first seeds, in the order of the grid; cells without one are left out', async () => {
  const { sheets, nextCursor } = await cellSheets(store.db, { sweepId: 'r', limit: 9 });
  expect(sheets.map(({ cellId, stageId, sampleSeed }) => [cellId, stageId, sampleSeed])).toEqual([['a', 'sample-r-a-1', 1], ['b', 'sample-r-b-0', 2]]);
  expect(nextCursor).toBeNull();
  const first = await cellSheets(store.db, { sweepId: 'r', limit: 1 });
  expect(first.sheets).toMatchObject([{ cellId: 'a', config: baseConfig, hash: 'g' }]);
  expect(await cellSheets(store.db, { sweepId: 'r', limit: 1, cursor: first.nextCursor! })).toEqual({ sheets: [sheets[1]], nextCursor: null });
});

test('the sheet of nearest training images is that of the score of the same trial', async () => {
  await store.db.query(`insert into artifacts (hash, size_bytes, media_type) values ('near', 1, 'image/png')`);
  await store.db.query(`insert into stage_outputs values ('score-r-a-1', 'neighbours', 'near')`);
  const { sheets } = await cellSheets(store.db, { sweepId: 'r' });
  expect(sheets.map(({ cellId, hash, neighbours }) => [cellId, hash, neighbours])).toEqual([['a', 'g', 'near'], ['b', 'g', null]]);
});

test('each way in which stages were computed is listed once, with the number of stages', async () => {
  const found = await provenanceOf(store.db, { sweepId: 'r' });
  expect(found.filter(({ kind }) => kind === 'train').map(({ provenance, stages }) => [provenance, stages])).toEqual(
    expect.arrayContaining([[null, 1], [{ engine: 'simd' }, 5]]));
});

test('of many finished stages the first and the last are looked at', async () => {
  const found = await provenanceOf(store.db, { sweepId: 'r', most: 2 });
  expect(found.map(({ kind, provenance, stages }) => [kind, provenance, stages])).toEqual([['train', null, 1], ['sample', null, 2], ['score', null, 1]]);
});

test('a preview whose stage runs again is not shown until it is done', async () => {
  await store.db.query(`update stages set state = 'ready' where id = 'sample-r-b-0'`);
  expect((await cellSheets(store.db, { sweepId: 'r' })).sheets.map(({ cellId }) => cellId)).toEqual(['a']);
});

import type { ResultImport } from '@elucidate/experiment/imported';
import { localPrincipal, type Principal } from '../principal.js';
import { baseConfig, insertSweep } from '../sweep-rows.fixture.js';
import { useDatabase } from '../test-store.fixture.js';
import { deleteImport, importDetail, importedForSweep, importResults, listImports } from './imports.js';
import { leaderboard } from './leaderboard.js';
import { summarise } from './summaries.js';

const store = useDatabase();
const [ann, bob]: Principal[] = [{ id: 'ann', scope: 'submit' }, { id: 'bob', scope: 'submit' }];
const theirs: ResultImport = { file: 'edm.csv', source: 'arXiv 2206.00364', metric: 'fid', evaluator: 'e', n: 2048, rows: [{ value: 3, values: { sampler: 'heun', steps: 18 } }, { value: null, values: {} }, { value: 1.5, values: { sampler: 'ddim' } }] };

beforeAll(() => insertSweep(store.db, 'ours', [{ id: 'c1', config: baseConfig, trials: [{ fid: 2 }] }, { id: 'c2', config: { ...baseConfig, steps: 20 }, trials: [{ fid: 4 }] }]));

let id: string;
test('what is imported twice is there once, with what was declared of it and by whom', async () => {
  const made = await importResults(store.db, ann!, theirs);
  id = made.id;
  expect(made).toMatchObject({ created: true, owner: 'ann', file: 'edm.csv', source: 'arXiv 2206.00364', metric: 'fid', evaluator: 'e', n: 2048, rows: 3 });
  expect(await importResults(store.db, ann!, { ...theirs, file: 'renamed.csv' })).toMatchObject({ created: false, id, file: 'edm.csv' });
  expect((await importDetail(store.db, ann!, id)).scores).toEqual(theirs.rows);
  // another declaration is another import
  expect((await importResults(store.db, ann!, { ...theirs, n: 5000 })).id).not.toBe(id);
});

test('nothing that was imported enters the leaderboard', async () => {
  await summarise(store.db, 'ours');
  const { groups } = await leaderboard(store.db, localPrincipal, { sweepId: 'ours', limit: 10 });
  expect(groups.map(({ rows }) => rows.map(({ cellId, rank }) => [cellId, rank]))).toEqual([[['c1', 1], ['c2', 2]]]);
});

test('beside the scores of a sweep stands what is declared to be of the same evaluator and n, the best first; the rest does not compare', async () => {
  const found = await importedForSweep(store.db, ann!, { sweepId: 'ours', metric: 'fid' });
  expect(found.groups).toEqual([{ evaluator: 'e', n: 2048, cut: false, scores: [1.5, 3, null].map((value) => expect.objectContaining({ id, value, owner: 'ann', file: 'edm.csv' }) as object) }]);
  expect(found.incomparable).toEqual([expect.objectContaining({ n: 5000 })]);
});

test('imports are seen and deleted by their owners, and with the import go its rows', async () => {
  expect((await listImports(store.db, bob!)).imports).toEqual([]);
  expect(await importedForSweep(store.db, bob!, { sweepId: 'ours', metric: 'fid' })).toMatchObject({ groups: [{ scores: [] }], incomparable: [] });
  for (const refused of [importDetail, deleteImport]) await expect(refused(store.db, bob!, id)).rejects.toMatchObject({ code: 'not_found' });
  const first = await listImports(store.db, localPrincipal, { limit: 1 });
  const rest = await listImports(store.db, localPrincipal, { limit: 5, cursor: first.nextCursor! });
  expect([...first.imports, ...rest.imports].map(({ n }) => n)).toEqual([5000, 2048]);
  await deleteImport(store.db, ann!, id);
  expect(await store.db.query('select 1 from imported_scores where import_id = $1', [id])).toEqual([]);
  expect((await listImports(store.db, ann!)).imports.map(({ n }) => n)).toEqual([5000]);
});

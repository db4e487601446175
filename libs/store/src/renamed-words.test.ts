import { migrationNames } from '@elucidate/migrations/all';
import { RenamedWords1764000000020 } from '@elucidate/migrations/1764000000020-renamed-words';
import { useDatabase } from './test-store.fixture.js';

const store = useDatabase();

test('sweeps stored with old words keep their discretisations, estimator and sample sheets under the new ones, up and down', async () => {
  const { db } = store;
  const migration = new RenamedWords1764000000020();
  for (const name of [...migrationNames].reverse()) {
    await db.undoLastMigration();
    if (name === migration.name) break;
  }
  const karras = { kind: 'karras', rho: 7 };
  await db.query(`insert into sweeps (id, name, state, spec, spec_hash) values ('old', 'old', 'done', $1, 'h')`, [{ parameters: { grid: { values: [karras] }, steps: { values: [5] } }, noiseLevelNetwork: { groups: 4 } }]);
  await db.query(`insert into cells values ('old', 'c', 0, $1)`, [{ grid: karras, steps: 5, predictor: { groups: 4 } }]);
  await db.query(`insert into stages (id, kind, code_version, params, state, work) values ('sample', 'sample', 1, $1, 'done', 0), ('other', 'train', 1, '{}', 'done', 0)`, [{ grid: karras }]);
  await db.query(`insert into artifacts (hash, size_bytes, media_type) values ('a', 1, 'image/png')`);
  await db.query(`insert into stage_outputs values ('sample', 'grid', 'a'), ('other', 'grid', 'a')`);
  await db.query(`insert into trials (sweep_id, cell_id, train_seed, sample_seed) values ('old', 'c', 1, 1)`);
  await db.query(`insert into trial_stages select id, 'sample', 'sample' from trials`);
  const state = async () => ({ sweeps: await db.query('select spec from sweeps'), cells: await db.query('select config from cells'), outputs: await db.query('select * from stage_outputs order by stage_id'), stages: await db.query('select id, params from stages order by id') });
  const before = await state();
  const runner = db.createQueryRunner();

  await migration.up(runner);
  const after = await state();
  expect(after.sweeps).toEqual([{ spec: { parameters: { discretisation: { values: [karras] }, steps: { values: [5] } }, noiseLevelEstimator: { groups: 4 } } }]);
  expect(after.cells).toEqual([{ config: { discretisation: karras, steps: 5, estimator: { groups: 4 } } }]);
  expect(after.outputs).toMatchObject([{ stage_id: 'other', name: 'grid' }, { stage_id: 'sample', name: 'sheet' }]);
  expect(after.stages).toEqual(before.stages);

  await migration.down(runner);
  expect(await state()).toEqual(before);
  await runner.release();
});

import { Scores1764000000010 } from '@elucidate/migrations/1764000000010-scores';
import { TrialStages1764000000003 } from '@elucidate/migrations/1764000000003-trial-stages';
import { migrationNames } from '@elucidate/migrations/all';
import { useDatabase } from './test-store.fixture.js';

const store = useDatabase();

test('scores stored with a floor and a spread keep them as real-data baseline and standard deviation, up and down', async () => {
  const { db } = store;
  const migration = new Scores1764000000010();
  for (const name of [...migrationNames].reverse()) {
    await db.undoLastMigration();
    if (name === migration.name) break;
  }
  await db.query(`insert into sweeps (id, name, state, spec, spec_hash) values ('old', 'old', 'running', '{}', 'h')`);
  await db.query(`insert into cells values ('old', 'c', 0, '{}')`);
  await db.query(`insert into stages (id, kind, code_version, params, state, work) values ('train', 'train', 1, '{}', 'done', 0), ('sample', 'sample', 1, '{}', 'done', 0), ('score', 'score', 1, '{}', 'done', 0)`);
  await db.query(`insert into trials (sweep_id, cell_id, train_seed, sample_seed) values ('old', 'c', 1, 1)`);
  await db.query(`insert into trial_stages select id, role, role from trials cross join (values ('train'), ('sample'), ('score')) r(role)`);
  await db.query(`insert into metrics (stage_id, name, value, spread, n, evaluator) values ('score', 'kid', 0.5, 0.1, 8, 'e'), ('score', 'kid_floor', 0.01, 0.2, 8, 'e'), ('sample', 'levels_outside_training', 3, null, null, null)`);
  const rows = () => db.query('select * from metrics order by name');
  const before = await rows();
  const runner = db.createQueryRunner();

  await migration.up(runner);
  expect(await db.query('select noise_levels_out_of_range, metrics from leaderboard')).toEqual([{ noise_levels_out_of_range: 3, metrics: { kid: { mean: 0.5, stddev: null, min: 0.5, max: 0.5, count: 1, diverged: 0, n: 8, real: 0.01 } } }]);
  expect(await db.query('select metric, stddev from trial_scores')).toEqual([{ metric: 'kid', stddev: 0.1 }]);

  await migration.down(runner);
  expect(await rows()).toEqual(before);
  // the views at that migration read the stages from columns of trials
  await new TrialStages1764000000003().down(runner);
  expect(await db.query('select kid_mean, kid_floor, levels_outside_training from leaderboard')).toEqual([{ kid_mean: 0.5, kid_floor: 0.01, levels_outside_training: 3 }]);
  await runner.release();
});

import { TrialStages1764000000003 } from '@elucidate/migrations/1764000000003-trial-stages';
import { migrationNames } from '@elucidate/migrations/all';
import { useDatabase } from './test-store.fixture.js';

const store = useDatabase();

const chain = { train: {}, extractor: {}, reference: { extractor: 'extractor' }, sample: { train: 'train' }, embed: { sample: 'sample', extractor: 'extractor' }, score: { embed: 'embed', reference: 'reference' } };

test('the stages of trials stored before there were roles are kept, including those that a score reads, up and down', async () => {
  const { db } = store;
  const migration = new TrialStages1764000000003();
  for (const name of [...migrationNames].reverse()) {
    await db.undoLastMigration();
    if (name === migration.name) break;
  }
  await db.query(`insert into sweeps (id, name, state, spec, spec_hash) values ('old', 'old', 'running', '{}', 'h')`);
  await db.query(`insert into cells values ('old', 'c', 0, '{}')`);
  for (const kind of Object.keys(chain)) await db.query(`insert into stages (id, kind, code_version, params, state, work) values ($1, $2, 1, '{}', 'done', 0)`, [`${kind} 1`, kind]);
  await db.query(`insert into stages (id, kind, code_version, params, state, work) values ('sample 2', 'sample', 1, '{}', 'done', 0)`);
  for (const [kind, inputs] of Object.entries(chain)) for (const [name, input] of Object.entries(inputs)) await db.query('insert into stage_inputs values ($1, $2, $3)', [`${kind} 1`, name, `${input} 1`]);
  // the second trial's score has no inputs, as in handwritten rows
  await db.query(`insert into stages (id, kind, code_version, params, state, work) values ('score 2', 'score', 1, '{}', 'done', 0)`);
  await db.query(`insert into trials values ('old', 'c', 1, 5, 'train 1', 'sample 1', 'score 1'), ('old', 'c', 1, 6, 'train 1', 'sample 2', 'score 2')`);
  await db.query(`insert into metrics (stage_id, name, value, n, evaluator) values ('score 1', 'fid', 10, 8, 'e'), ('score 2', 'fid', 12, 8, 'e')`);
  await db.query(`insert into metrics (stage_id, name, value) values ('sample 1', 'nfe', 19)`);
  const runner = db.createQueryRunner();
  const before = await db.query('select * from trials order by sample_seed');

  await migration.up(runner);
  const roles = await db.query('select sample_seed, jsonb_object_agg(role, stage_id) as stages from trials join trial_stages on trial_id = id group by 1 order by 1');
  expect(roles).toEqual([
    { sample_seed: 5, stages: Object.fromEntries(Object.keys(chain).map((kind) => [kind, `${kind} 1`])) },
    { sample_seed: 6, stages: { train: 'train 1', sample: 'sample 2', score: 'score 2' } },
  ]);

  await migration.down(runner);
  expect(await db.query('select * from trials order by sample_seed')).toEqual(before);
  expect(await db.query('select fid_mean, nfe from leaderboard')).toEqual([{ fid_mean: 11, nfe: 19 }]);
  await runner.release();

  await db.runMigrations();
  expect(await db.query('select metric, value, nfe from trial_scores order by value')).toEqual([{ metric: 'fid', value: 10, nfe: 19 }, { metric: 'fid', value: 12, nfe: null }]);
});

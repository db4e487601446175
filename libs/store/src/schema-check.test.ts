import { createTestDatabase, type TestDatabase } from '@elucidate/embedded/test-database';
import type { DataSource } from 'typeorm';
import { connect } from './data-source.js';
import { migrate } from './migrate.js';
import { schemaDifferences } from './schema-check.js';

let database: TestDatabase;
let db: DataSource;
beforeEach(async () => {
  database = await createTestDatabase(migrate);
  db = await connect({ url: database.url, poolSize: 2 });
});
afterEach(async () => {
  await db.destroy();
  await database.drop();
});

test('a database as the migrations make it differs in nothing, whatever else it holds, and looking leaves nothing behind', async () => {
  await db.query('create table of_another_program (x int); create schema other; create table other.stages (y int)');
  expect(await schemaDifferences(db)).toEqual([]);
  expect(await db.query(`select nspname from pg_namespace where nspname like 'elucidate%'`)).toEqual([]);
});

/** What is done to a schema, and how it then differs. */
const changes: readonly (readonly [what: string, sql: string, difference: RegExp])[] = [
  ['an index that was dropped', 'drop index stage_inputs_input_id', /^index stage_inputs_input_id of stage_inputs is missing: CREATE INDEX/],
  ['an index without its predicate', 'drop index events_not_numbered; create index events_not_numbered on events (position)', /^index events_not_numbered of events is CREATE INDEX .*; it should be .* WHERE \(id IS NULL\)/],
  ['a constraint that was dropped', 'alter table attempts drop constraint attempts_outcome', /^constraint attempts_outcome of attempts is missing/],
  ['a foreign key that lost its cascade', 'alter table cells drop constraint cells_sweep_id_fkey, add constraint cells_sweep_id_fkey foreign key (sweep_id) references sweeps', /^constraint cells_sweep_id_fkey of cells is FOREIGN KEY .*; it should be .* ON DELETE CASCADE/],
  ['a column of another type', 'alter table attempts alter column log_hash type varchar(80)', /^column log_hash of attempts is character varying\(80\); it should be text/],
  ['a column without its default', 'alter table sweeps alter column created_at drop default', /^column created_at of sweeps is .*; it should be .* default clock_timestamp\(\)/],
  ['a foreign column', 'alter table sweeps add column note text', /^column note of sweeps is not ours: text/],
  ['a foreign trigger', 'create function nothing() returns trigger language plpgsql as $$ begin return null; end $$; create trigger mine after insert on sweeps for each row execute function nothing()', /^trigger mine of sweeps is not ours/],
  ['another function', 'create or replace function number_events(at_most integer) returns integer language sql as $$ select 0 $$', /^function number_events\(at_most integer\) is /],
  ['a view that was dropped', 'drop view ablation_sampler', /^view ablation_sampler is missing/],
];

test('what is missing, altered or added is named, with what it should be, and nothing else is', async () => {
  for (const [, sql] of changes) await db.query(sql);
  const found = await schemaDifferences(db);
  expect(changes.map(([what, , difference]) => [what, found.filter((line) => difference.test(line)).length])).toEqual(changes.map(([what]) => [what, 1]));
  expect(found).toHaveLength(changes.length);
});

test('for a role that may not create a schema the error says why nothing is compared', async () => {
  await db.query('create role reader; grant usage on schema public to reader; grant select on all tables in schema public to reader');
  const runner = db.createQueryRunner();
  await runner.query('set role reader');
  await expect(schemaDifferences({ createQueryRunner: () => runner } as unknown as DataSource)).rejects.toMatchObject({ code: 'database.unsuitable', message: expect.stringContaining('permission denied') as string });
  const others = db.createQueryRunner();
  await others.query('reset role');
  await others.query('drop owned by reader; drop role reader');
  await others.release();
});

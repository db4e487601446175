import { randomBytes } from 'node:crypto';
import { ElucidateError } from '@elucidate/experiment/errors';
import { migrations } from '@elucidate/migrations/all';
import type { DataSource, QueryRunner } from 'typeorm';
import { migrationsTable } from './data-source.js';
import { rows } from './queryable.js';
import { liftTimeLimits } from './session.js';

/** Something in a schema: a column, constraint, index, trigger, view, function or sequence. */
interface Item {
  what: string;
  /** The table it is on; null for what stands by itself. */
  relation: string | null;
  name: string;
  /** As PostgreSQL prints it, without the schema's name. */
  definition: string;
}

/** All items of the schema that is first on the search path, which PostgreSQL then leaves out of their definitions. */
const items = (runner: QueryRunner): Promise<Item[]> => rows(runner, `
  with relation as (select oid, relname, relkind from pg_class where relnamespace = current_schema()::regnamespace and relname not like $1 || '%')
  select 'column' as what, r.relname as relation, a.attname::text as name,
      concat_ws(' ', format_type(a.atttypid, a.atttypmod), case when a.attnotnull then 'not null' end, 'default ' || pg_get_expr(d.adbin, d.adrelid), nullif(a.attidentity, ''), nullif(a.attgenerated, '')) as definition
    from relation r join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped left join pg_attrdef d on d.adrelid = r.oid and d.adnum = a.attnum
    where r.relkind in ('r', 'p')
  union all select 'constraint', r.relname, k.conname, concat_ws(' ', pg_get_constraintdef(k.oid), case when not k.convalidated then 'not valid' end) from pg_constraint k join relation r on r.oid = k.conrelid where k.contype <> 'n'
  union all select 'index', r.relname, i.relname, concat_ws(' ', pg_get_indexdef(i.oid), case when not x.indisvalid then 'invalid' end) from pg_index x join relation r on r.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
  union all select 'trigger', r.relname, t.tgname, concat_ws(' ', pg_get_triggerdef(t.oid), t.tgenabled) from pg_trigger t join relation r on r.oid = t.tgrelid where not t.tgisinternal
  union all select 'view', null, r.relname, pg_get_viewdef(r.oid) from relation r where r.relkind = 'v'
  union all select 'function', null, p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', pg_get_functiondef(p.oid) from pg_proc p where p.pronamespace = current_schema()::regnamespace and p.prokind in ('f', 'p')
    and not exists (select from pg_depend e where e.objid = p.oid and e.deptype = 'e')
  union all select 'sequence', null, r.relname, s.data_type::text from relation r join pg_sequences s on s.sequencename = r.relname and s.schemaname = current_schema() where r.relkind = 'S'`, [migrationsTable]);

/**
 * How a migrated database differs from what the migrations make: what is missing, altered, or added to our tables; none when it is as it should be.
 * The migrations run in a schema of their own, in a transaction that is rolled back. Throws 'database.unsuitable' if the role may not do that.
 */
export async function schemaDifferences(db: DataSource): Promise<string[]> {
  const runner = db.createQueryRunner();
  const scratch = `elucidate_check_${randomBytes(6).toString('hex')}`;
  try {
    await runner.startTransaction();
    await liftTimeLimits(runner);
    const [live] = await rows<{ name: string }>(runner, 'select current_schema()::text as name');
    const found = withoutSchema(await items(runner), live?.name ?? 'public');
    await makeSchema(runner, scratch);
    await runner.query(`set local search_path to ${scratch}`);
    for (const Migration of migrations) await new Migration().up(runner);
    return differences(withoutSchema(await items(runner), scratch), found);
  } finally {
    await runner.rollbackTransaction();
    await runner.release();
  }
}

async function makeSchema(runner: QueryRunner, name: string): Promise<void> {
  await runner.query(`create schema ${name}`).catch((cause: Error) => {
    throw new ElucidateError('database.unsuitable', `The schema cannot be compared with what the migrations make: that takes the right to make a schema, and is rolled back (${cause.message})`, { cause });
  });
}

/** Definitions that name the schema say the same in another one. */
const withoutSchema = (found: readonly Item[], schema: string): Item[] =>
  found.map((item) => ({ ...item, definition: item.definition.replaceAll(`${schema}.`, '').replaceAll(`"${schema}".`, '') }));

function differences(expected: readonly Item[], found: readonly Item[]): string[] {
  const keyOf = ({ what, relation, name }: Item): string => [what, relation ?? '', name].join(' ');
  const titleOf = ({ what, relation, name }: Item): string => `${what} ${name}${relation === null ? '' : ` of ${relation}`}`;
  const foundBy = new Map(found.map((item) => [keyOf(item), item]));
  const wanted = new Set(expected.map(keyOf));
  // other tables in the same schema are not ours to judge
  const ours = new Set(expected.map(({ relation }) => relation));
  return [
    ...expected.flatMap((item) => {
      const there = foundBy.get(keyOf(item));
      if (there === undefined) return [`${titleOf(item)} is missing: ${oneLine(item.definition)}`];
      return there.definition === item.definition ? [] : [`${titleOf(item)} is ${oneLine(there.definition)}; it should be ${oneLine(item.definition)}`];
    }),
    ...found.filter((item) => item.relation !== null && ours.has(item.relation) && !wanted.has(keyOf(item))).map((item) => `${titleOf(item)} is not ours: ${oneLine(item.definition)}`),
  ];
}

const longest = 120;
const oneLine = (text: string): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest)}...` : line;
};

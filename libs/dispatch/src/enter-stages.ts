import { databaseTrouble } from './database-trouble.js';
import { rows, type Sql } from './sql.js';
import { untilUncontested } from './until-uncontested.js';

/**
 * $1: rows as JSON. Stages that exist are kept as they are, with the inputs that they have: these were written by the statement that wrote the stage. In
 * order of id, so that two submissions of the same stages do not deadlock.
 */
const insertStages = `
  with planned as materialized (
    select * from jsonb_to_recordset($1) as stage(id text, kind text, "codeVersion" int, params jsonb, inputs jsonb, work float8)),
  entered as (
    insert into stages (id, kind, code_version, params, state, work)
    select id, kind, "codeVersion", params, 'waiting', work from planned order by id on conflict do nothing returning id),
  linked as (
    insert into stage_inputs (stage_id, name, input_id)
    select p.id, name, input_id from entered join planned p using (id) cross join jsonb_each_text(inputs) as input(name, input_id))
  select count(*)::int as entered from entered`;

/** Stages of a plan, as a JSON list of records. */
export type PlannedRows = string;

/** A stage that these read may be deleted, with a sweep that had it, while they are written. */
const inputDeleted = (error: unknown): boolean => (error as { code?: string } | undefined)?.code === '23503';

/** Writes stages that are not there yet, with their inputs; returns how many that were. They belong to no sweep by that: they wait. */
export async function enterStages(shared: Sql, planned: PlannedRows): Promise<number> {
  const [answer] = await untilUncontested(() => rows<{ entered: number }>(shared, insertStages, [planned]), (error) => databaseTrouble(error) === 'busy' || inputDeleted(error));
  return answer!.entered;
}

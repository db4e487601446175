import { databaseTrouble } from './database-trouble.js';
import { rows, type Sql } from './sql.js';
import { untilUncontested } from './until-uncontested.js';

/** $1: rows as JSON. Stages that exist are kept as they are. In order of id, so that two submissions of the same stages do not deadlock. */
const insertStages = `
  with planned as (
    select * from jsonb_to_recordset($1) as stage(id text, kind text, "codeVersion" int, params jsonb, inputs jsonb, work float8, position int)),
  entered as (
    insert into stages (id, kind, code_version, params, state, work)
    select id, kind, "codeVersion", params, 'waiting', work from planned order by id on conflict do nothing returning id),
  linked as (
    insert into stage_inputs (stage_id, name, input_id)
    select id, name, input_id from planned cross join jsonb_each_text(inputs) as input(name, input_id) order by id, name on conflict do nothing)
  select count(*)::int as stages, count(*)::int - (select count(*)::int from entered) as known, jsonb_agg(jsonb_build_object('id', id, 'position', position,
    'reused', coalesce((select s.state = 'done' from stages s where s.id = planned.id), false)))::text as noted
  from planned`;

/** Stages of a plan, as a JSON list of records. */
export type PlannedRows = string;

export interface EnteredStages {
  stages: number;
  /** How many of them existed. */
  known: number;
  /** Id, position and whether it is done, of each: a JSON list. */
  noted: string;
}

/** A stage that these read may be deleted, with a sweep that had it, while they are written. */
const inputDeleted = (error: unknown): boolean => (error as { code?: string } | undefined)?.code === '23503';

/** Writes stages that are not there yet, with their inputs. They belong to no sweep by that: they wait. */
export async function enterStages(shared: Sql, planned: PlannedRows): Promise<EnteredStages> {
  const [entered] = await untilUncontested(() => rows<EnteredStages>(shared, insertStages, [planned]), (error) => databaseTrouble(error) === 'busy' || inputDeleted(error));
  return entered!;
}

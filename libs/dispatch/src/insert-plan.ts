import type { PlanChunk, PlanTable } from './plan-chunks.js';
import { rows, type Sql } from './sql.js';

/** $1: the sweep, $2: rows as JSON. Stages that exist are kept as they are; `known` counts them. */
const statements: Readonly<Record<PlanTable, string>> = {
  cells: `
    with entered as (
      insert into cells (sweep_id, id, position, config)
      select $1, id, position, config from jsonb_to_recordset($2) as cell(id text, position int, config jsonb))
    select 0 as known`,
  stages: `
    with planned as (
      select * from jsonb_to_recordset($2) as stage(id text, kind text, "codeVersion" int, params jsonb, inputs jsonb, work float8, position int)),
    entered as (
      insert into stages (id, kind, code_version, params, state, work)
      select id, kind, "codeVersion", params, 'waiting', work from planned on conflict do nothing),
    linked as (
      insert into stage_inputs (stage_id, name, input_id)
      select id, name, input_id from planned cross join jsonb_each_text(inputs) as input(name, input_id) on conflict do nothing),
    known as (
      select id, state from stages where id in (select id from planned)),
    noted as (
      insert into sweep_stages (sweep_id, stage_id, position, reused)
      select $1, planned.id, position, coalesce(state = 'done', false) from planned left join known on known.id = planned.id)
    select count(*)::int as known from known`,
  trials: `
    with planned as (
      select * from jsonb_to_recordset($2) as trial("cellId" text, "trainSeed" int, "sampleSeed" int, stages jsonb)),
    entered as (
      insert into trials (sweep_id, cell_id, train_seed, sample_seed)
      select $1, "cellId", "trainSeed", "sampleSeed" from planned returning id, cell_id, train_seed, sample_seed),
    linked as (
      insert into trial_stages (trial_id, role, stage_id)
      select id, role, stage_id
      from entered join planned on "cellId" = cell_id and "trainSeed" = train_seed and "sampleSeed" = sample_seed
      cross join jsonb_each_text(stages) as part(role, stage_id))
    select 0 as known`,
};

/** Writes a plan's rows as they arrive; returns how many of its stages already existed. Needs the graph lock. */
export async function insertPlan(tx: Sql, sweepId: string, chunks: AsyncIterable<PlanChunk> | Iterable<PlanChunk>): Promise<number> {
  let known = 0;
  for await (const { table, rows: chunk } of chunks) {
    const [entered] = await rows<{ known: number }>(tx, statements[table], [sweepId, chunk]);
    known += entered?.known ?? 0;
  }
  return known;
}

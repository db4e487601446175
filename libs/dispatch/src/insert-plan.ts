import type { Plan } from '@elucidate/experiment/plan';
import { run, type Sql } from './sql.js';

/** Of a plan what the database keeps. */
export type PlanRows = Pick<Plan, 'cells' | 'trials' | 'stages'>;

/** Writes a plan's rows, each table in one statement. `betweenStages` runs when the stages are there and before the sweep notes which were done already. Needs the graph lock. */
export async function insertPlan(tx: Sql, sweepId: string, plan: PlanRows, betweenStages: () => Promise<void>): Promise<void> {
  await insertCells(tx, sweepId, plan.cells);
  await insertStages(tx, plan.stages);
  await betweenStages();
  await insertSweepStages(tx, sweepId, plan.stages);
  await insertTrials(tx, sweepId, plan.trials);
}

const insertCells = (tx: Sql, sweepId: string, cells: PlanRows['cells']): Promise<void> =>
  run(tx, `
    insert into cells (sweep_id, id, position, config)
    select $1, id, position, config from jsonb_to_recordset($2) as cell(id text, position int, config jsonb)`, [sweepId, JSON.stringify(cells)]);

/** Stages that exist are kept as they are. */
async function insertStages(tx: Sql, stages: PlanRows['stages']): Promise<void> {
  await run(tx, `
    insert into stages (id, kind, code_version, params, state, work)
    select id, kind, "codeVersion", params, 'waiting', work
    from jsonb_to_recordset($1) as stage(id text, kind text, "codeVersion" int, params jsonb, work float8)
    on conflict do nothing`, [JSON.stringify(stages.map(({ id, kind, codeVersion, params, work }) => ({ id, kind, codeVersion, params, work })))]);
  const inputs = stages.flatMap(({ id, inputs }) => Object.entries(inputs).map(([name, inputId]) => ({ id, name, inputId })));
  await run(tx, `
    insert into stage_inputs (stage_id, name, input_id)
    select id, name, "inputId" from jsonb_to_recordset($1) as input(id text, name text, "inputId" text)
    on conflict do nothing`, [JSON.stringify(inputs)]);
}

const insertSweepStages = (tx: Sql, sweepId: string, stages: PlanRows['stages']): Promise<void> =>
  run(tx, `
    insert into sweep_stages (sweep_id, stage_id, position, reused)
    select $1, s.id, p.position - 1, s.state = 'done' from unnest($2::text[]) with ordinality as p(id, position) join stages s on s.id = p.id`,
  [sweepId, stages.map(({ id }) => id)]);

const insertTrials = (tx: Sql, sweepId: string, trials: PlanRows['trials']): Promise<void> =>
  run(tx, `
    with planned as (
      select * from jsonb_to_recordset($2) as trial("cellId" text, "trainSeed" int, "sampleSeed" int, stages jsonb)),
    entered as (
      insert into trials (sweep_id, cell_id, train_seed, sample_seed)
      select $1, "cellId", "trainSeed", "sampleSeed" from planned returning id, cell_id, train_seed, sample_seed)
    insert into trial_stages (trial_id, role, stage_id)
    select id, role, stage_id
    from entered join planned on "cellId" = cell_id and "trainSeed" = train_seed and "sampleSeed" = sample_seed
    cross join jsonb_each_text(stages) as part(role, stage_id)`, [sweepId, JSON.stringify(trials)]);

import type { Provenance } from '@elucidate/experiment/execution';
import type { StageKind, StageState } from '@elucidate/experiment/stages';
import { visibleOwner } from '../access.js';
import type { Principal } from '../principal.js';
import { rows, type Queryable } from '../queryable.js';
import type { MetricRow } from './metrics.js';
import type { StageOutputRow } from './stages.js';

/** The attempt that made a stage's results. */
export interface MakingAttempt {
  /** Its fencing token. */
  token: number;
  workerId: string;
  /** Of the code that the worker ran, "0.1.0+3f2a9c01"; null: not known. */
  workerVersion: string | null;
  startedAt: string;
  endedAt: string | null;
}

/** A number; null if it diverged. */
export type ProvenanceMetric = Omit<MetricRow, 'value'> & { value: number | null };

/** A stage that a number comes from. */
export interface ProvenanceStage {
  id: string;
  kind: StageKind;
  state: StageState;
  codeVersion: number;
  params: Record<string, unknown>;
  /** Name of the input -> the stage's id. */
  inputs: Record<string, string>;
  outputs: StageOutputRow[];
  metrics: ProvenanceMetric[];
  /** Engine, threads, device, host and versions; null before it has been done. */
  provenance: Provenance | null;
  attempt: MakingAttempt | null;
  /** Of any outcome. */
  attempts: number;
}

/** A trial whose numbers come from a stage. */
export interface ResultTrial {
  sweepId: string;
  sweepName: string;
  owner: string;
  cellId: string;
  trainSeed: number;
  sampleSeed: number;
}

/** What is needed to trust a number, and to compute it again. */
export interface ResultProvenance {
  /** The stage that computed it. */
  stageId: string;
  /** The stages that it comes from, each after those that it reads; itself last. */
  stages: ProvenanceStage[];
  /** The trials that have it, those of the newest sweep first. */
  trials: ResultTrial[];
  /** There are more trials than these, or may be: of a stage that very many share not all are looked at. */
  trialsCut: boolean;
}

const mostTrials = 20;
/** Trials of a shared stage that are looked at to find the newest. */
const mostLookedAt = 1000;

const chainOf = (db: Queryable, stageId: string): Promise<ProvenanceStage[]> => rows(db, `
  with recursive read(id, depth) as (
    select $1::text, 0 union select i.input_id, depth + 1 from read join stage_inputs i on i.stage_id = read.id),
  chain as (select id, max(depth) as depth from read group by id)
  select s.id, s.kind, s.state, s.code_version as "codeVersion", s.params, s.provenance,
    coalesce((select jsonb_object_agg(name, input_id) from stage_inputs where stage_id = s.id), '{}') as inputs,
    coalesce((select jsonb_agg(jsonb_build_object('name', o.name, 'hash', o.hash, 'sizeBytes', a.size_bytes, 'mediaType', a.media_type) order by o.name)
      from stage_outputs o join artifacts a on a.hash = o.hash where o.stage_id = s.id), '[]') as outputs,
    coalesce((select jsonb_agg(jsonb_build_object('name', name, 'value', case when abs(value) < 'Infinity' then value end, 'stddev', stddev, 'n', n, 'evaluator', evaluator, 'details', details) order by name)
      from metrics where stage_id = s.id), '[]') as metrics,
    -- a worker that has been started again under its name since may run other code
    (select jsonb_build_object('token', a.token, 'workerId', a.worker_id, 'workerVersion', w.version, 'startedAt', to_char(a.started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'endedAt', to_char(a.ended_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
      from attempts a left join workers w on w.id = a.worker_id and w.started_at <= a.started_at where a.stage_id = s.id and a.outcome = 'done' order by a.token desc limit 1) as attempt,
    (select count(*)::int from attempts where stage_id = s.id) as attempts
  from chain join stages s on s.id = chain.id order by chain.depth desc, s.kind, s.id`, [stageId]);

const trialsOf = (db: Queryable, stageId: string, owner: string | null): Promise<ResultTrial[]> => rows(db, `
  select "sweepId", "sweepName", owner, "cellId", "trainSeed", "sampleSeed" from (
    select distinct t.id, w.created_at, w.id as "sweepId", w.name as "sweepName", w.owner, t.cell_id as "cellId", t.train_seed as "trainSeed", t.sample_seed as "sampleSeed"
    from (select trial_id from trial_stages where stage_id = $1 limit ${mostLookedAt}) ts join trials t on t.id = ts.trial_id join sweeps w on w.id = t.sweep_id
    where $2::text is null or w.owner = $2) found
  order by created_at desc, id limit ${mostTrials + 1}`, [stageId, owner]);

/** Everything behind the numbers of a stage that the principal sees. */
export async function resultProvenance(db: Queryable, stageId: string, principal: Principal): Promise<ResultProvenance> {
  const [stages, trials] = [await chainOf(db, stageId), await trialsOf(db, stageId, visibleOwner(principal))];
  const [unseen] = await rows(db, `select 1 as found from trial_stages where stage_id = $1 offset ${mostLookedAt} limit 1`, [stageId]);
  return { stageId, stages, trials: trials.slice(0, mostTrials), trialsCut: trials.length > mostTrials || unseen !== undefined };
}

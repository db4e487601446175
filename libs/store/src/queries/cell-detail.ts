import { ElucidateError } from '@elucidate/experiment/errors';
import type { Provenance } from '@elucidate/experiment/execution';
import { labelOf } from '@elucidate/experiment/labels';
import type { Role, StageKind, StageState } from '@elucidate/experiment/stages';
import type { Estimate } from '@elucidate/experiment/tables';
import { visibleOwner } from '../access.js';
import type { Principal } from '../principal.js';
import { rows, type Queryable } from '../queryable.js';
import type { StageOutputRow } from './stages.js';
import { summarise } from './summaries.js';
import { sweepAxes } from './sweep-axes.js';

/** A stage of a configuration. */
export interface CellStage {
  id: string;
  kind: StageKind;
  state: StageState;
  codeVersion: number;
  endedAt: string | null;
  error: { code?: string; message?: string } | null;
  provenance: Provenance | null;
  /** Name -> value; null where it is not a number. */
  metrics: Record<string, number | null>;
  outputs: StageOutputRow[];
}

/** A trial of a configuration. */
export interface CellTrial {
  trainSeed: number;
  sampleSeed: number;
  /** Role -> the stage's id. */
  stages: Partial<Record<Role, string>>;
}

/** Everything about one configuration of a sweep. */
export interface CellDetail {
  sweepId: string;
  sweepName: string;
  cellId: string;
  config: Record<string, unknown>;
  /** Its labels on what the sweep varies. */
  varying: Record<string, string>;
  /** Its scores over its seeds, one entry for each evaluator and number of images. */
  scores: { evaluator: string | null; n: number | null; nfe: number | null; metrics: Record<string, Estimate> }[];
  trials: CellTrial[];
  /** There are more trials than these. */
  trialsCut: boolean;
  /** The stages of these trials, each once, in the order of the plan. */
  stages: CellStage[];
  /** Other sweeps that have the same configuration, the newest first. */
  alsoIn: string[];
}

export interface CellQuestion {
  /** Its id, or the first 6 or more digits of it. */
  cell: string;
  /** By default the newest sweep that has it. */
  sweepId?: string | undefined;
  principal: Principal;
}

const mostTrials = 200;

interface Known {
  sweepId: string;
  sweepName: string;
  cellId: string;
  config: Record<string, unknown>;
}

async function knownCells(db: Queryable, { cell, sweepId, principal }: CellQuestion): Promise<Known[]> {
  const found = await rows<Known>(db, `
    select w.id as "sweepId", w.name as "sweepName", c.id as "cellId", c.config from sweeps w
    cross join lateral (select id, config from cells where sweep_id = w.id and id >= $1 and id < $1 || 'g' order by id limit 2) c
    where ($2::text is null or w.id = $2) and ($3::text is null or w.owner = $3) order by w.created_at desc, c.id limit 100`, [cell, sweepId ?? null, visibleOwner(principal)]);
  if (new Set(found.map(({ cellId }) => cellId)).size > 1) throw new ElucidateError('request.invalid', `Several configurations begin with ${cell}; give more of the id`);
  return found;
}

async function trialsOf(db: Queryable, { sweepId, cellId }: Known): Promise<{ trials: CellTrial[]; cut: boolean }> {
  const trials = await rows<CellTrial>(db, `
    select t.train_seed as "trainSeed", t.sample_seed as "sampleSeed", jsonb_object_agg(ts.role, ts.stage_id) as stages
    from (select * from trials where sweep_id = $1 and cell_id = $2 order by train_seed, sample_seed limit $3) t join trial_stages ts on ts.trial_id = t.id
    group by 1, 2 order by 1, 2`, [sweepId, cellId, mostTrials + 1]);
  return { trials: trials.slice(0, mostTrials), cut: trials.length > mostTrials };
}

const stagesOf = (db: Queryable, sweepId: string, ids: readonly string[]): Promise<CellStage[]> => rows(db, `
  select s.id, s.kind, s.state, s.code_version as "codeVersion", s.ended_at as "endedAt", s.error, s.provenance,
    coalesce((select jsonb_object_agg(name, case when abs(value) < 'Infinity' then value end) from metrics where stage_id = s.id), '{}') as metrics,
    coalesce((select jsonb_agg(jsonb_build_object('name', o.name, 'hash', o.hash, 'sizeBytes', a.size_bytes, 'mediaType', a.media_type) order by o.name)
      from stage_outputs o join artifacts a on a.hash = o.hash where o.stage_id = s.id), '[]') as outputs
  from stages s join sweep_stages ss on ss.sweep_id = $1 and ss.stage_id = s.id where s.id = any($2) order by ss.position`, [sweepId, ids]);

const scoresOf = (db: Queryable, { sweepId, cellId }: Known): Promise<CellDetail['scores']> => rows(db, `
  select nullif(evaluator, '') as evaluator, nullif(images, 0) as n, max(nfe) as nfe,
    coalesce(jsonb_object_agg(metric, jsonb_build_object('mean', mean, 'stddev', stddev, 'min', min, 'max', max, 'count', count, 'diverged', diverged, 'n', n, 'real', "real")) filter (where mean is not null), '{}') as metrics
  from cell_estimates where sweep_id = $1 and cell_id = $2 group by evaluator, images order by images desc, evaluator`, [sweepId, cellId]);

/** One configuration, with all that was computed for it; null if there is none that the principal sees. Throws 'request.invalid' when several match the digits. */
export async function cellDetail(db: Queryable, question: CellQuestion): Promise<CellDetail | null> {
  const [known, ...others] = await knownCells(db, question);
  if (known === undefined) return null;
  const { sweepId } = known;
  await summarise(db, sweepId);
  const [axes, { trials, cut }, scores] = [await sweepAxes(db, sweepId), await trialsOf(db, known), await scoresOf(db, known)];
  const stages = await stagesOf(db, sweepId, [...new Set(trials.flatMap((trial) => Object.values(trial.stages)))]);
  const varying = Object.fromEntries([...axes].filter(([, { dimension }]) => dimension !== null).map(([key]) => [key, labelOf(key, known.config[key])]));
  return { ...known, varying, scores, trials, trialsCut: cut, stages, alsoIn: others.map((other) => other.sweepId) };
}

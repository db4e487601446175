import { seedSpreadOf } from '@elucidate/experiment/confidence';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { Provenance } from '@elucidate/experiment/execution';
import { labelOf } from '@elucidate/experiment/labels';
import type { Role, StageKind, StageState } from '@elucidate/experiment/stages';
import type { ScoreBasis } from '@elucidate/experiment/score-basis';
import type { Estimate } from '@elucidate/experiment/tables';
import type { AttemptOutcome } from '../entities/attempt.js';
import { visibleOwner } from '../access.js';
import type { Principal } from '../principal.js';
import { isoTime, rows, type Queryable } from '../queryable.js';
import type { StageOutputRow } from './stages.js';
import { cellTrials, type CellTrials } from './cell-trials.js';
import { allWithDiverged, divergedTrials } from './diverged-trials.js';
import { withConfidence } from './leaderboard-rows.js';
import { scoreBases } from './score-bases.js';
import { summarise } from './summaries.js';
import { sweepAxes } from './sweep-axes.js';

/** What a score is made of. */
export interface MetricParts {
  /** FID by number of images: what an extrapolated one is the end of. */
  sizes?: readonly { n: number; fid: number }[];
  /** 95 % interval over new images of the same network. */
  low?: number;
  high?: number;
  /** FID of all images less the extrapolated one. */
  bias?: number;
  /** What theory expects that to be, for Gaussian features. */
  expectedBias?: number;
  /** Real and generated images by class. */
  classes?: readonly { name: string; real: number; generated: number; density?: number; coverage?: number }[];
}

/** A try at a stage; the worker's host, engine and version are null where they are not known any more. */
export interface CellAttempt {
  token: number;
  workerId: string;
  host: string | null;
  engine: string | null;
  version: string | null;
  startedAt: string;
  endedAt: string | null;
  outcome: AttemptOutcome | null;
}

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
  /** Name -> what its value is made of, for an extrapolated FID and for metrics of classes. */
  details: Record<string, MetricParts>;
  outputs: StageOutputRow[];
  /** The last ones, first to last. */
  attempts: CellAttempt[];
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
  scores: { evaluator: string | null; n: number | null; nfe: number | null; metrics: Record<string, Estimate>; bases: ScoreBasis[] }[];
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
/** Of a stage; a stage that has more is one that workers lost again and again. */
const mostAttempts = 20;

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
    coalesce((select jsonb_object_agg(name, jsonb_strip_nulls((select jsonb_object_agg(key, value) from jsonb_each(details) where key = any($3)))) from metrics
      where stage_id = s.id and (jsonb_exists(details, 'sizes') or jsonb_exists(details, 'classes')) and name !~ '_(real|trajectory)$'), '{}') as details,
    coalesce((select jsonb_agg(jsonb_build_object('name', o.name, 'hash', o.hash, 'sizeBytes', a.size_bytes, 'mediaType', a.media_type) order by o.name)
      from stage_outputs o join artifacts a on a.hash = o.hash where o.stage_id = s.id), '[]') as outputs,
    coalesce((select jsonb_agg(jsonb_build_object('token', a.token, 'workerId', a.worker_id, 'host', w.host, 'engine', w.engine, 'version', w.version, 'startedAt', ${isoTime('a.started_at')}, 'endedAt', ${isoTime('a.ended_at')}, 'outcome', a.outcome) order by a.token)
      from (select * from attempts where stage_id = s.id order by token desc limit ${mostAttempts}) a left join workers w on w.id = a.worker_id), '[]') as attempts
  from stages s join sweep_stages ss on ss.sweep_id = $1 and ss.stage_id = s.id where s.id = any($2) order by ss.position`, [sweepId, ids, ['sizes', 'low', 'high', 'bias', 'expectedBias', 'classes']]);

/** Its scores, how sure they are and what they rest on: of each evaluator and number of images it has one score stage to look at. */
async function scoresOf(db: Queryable, known: Known): Promise<CellDetail['scores']> {
  const scores: CellDetail['scores'] = [];
  const lost = (await divergedTrials(db, [known]))[0];
  for (const group of await estimatesOf(db, known)) {
    const bases = await scoreBases(db, { ...known, evaluator: group.evaluator ?? '', images: group.n ?? 0 }, (metric) => group.metrics[metric]?.mean ?? null);
    const [trials] = await cellTrials(db, [{ ...known, evaluator: group.evaluator ?? '', images: group.n ?? 0 }]);
    scores.push({ ...group, metrics: allWithDiverged(withSpread(withConfidence(group.metrics, trials!), trials!), lost), bases });
  }
  return scores;
}

const withSpread = (metrics: Readonly<Record<string, Estimate>>, trials: CellTrials): Record<string, Estimate> => Object.fromEntries(Object.entries(metrics).map(([metric, estimate]) => {
  const spread = seedSpreadOf(trials.get(metric) ?? []);
  return [metric, estimate.confidence === undefined || spread === null ? estimate : { ...estimate, confidence: { ...estimate.confidence, spread } }];
}));

const estimatesOf = (db: Queryable, { sweepId, cellId }: Known): Promise<Omit<CellDetail['scores'][number], 'bases'>[]> => rows(db, `
  select nullif(evaluator, '') as evaluator, nullif(images, 0) as n, max(nfe) as nfe,
    coalesce(jsonb_object_agg(metric, jsonb_build_object('mean', mean, 'stddev', stddev, 'min', min, 'max', max, 'count', count, 'diverged', diverged, 'n', n, 'real', "real", 'trials', trials)) filter (where mean is not null), '{}') as metrics
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

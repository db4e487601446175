import { ElucidateError } from '@elucidate/experiment/errors';
import type { Provenance, StageProgress } from '@elucidate/experiment/execution';
import type { StageKind, StageState } from '@elucidate/experiment/stages';
import { visibleOwner } from '../access.js';
import type { AttemptOutcome } from '../entities/attempt.js';
import type { Principal } from '../principal.js';
import { pageOf, parseCursor, rows, type Page, type Queryable } from '../queryable.js';
import { metricsOf, type MetricRow } from './metrics.js';
import { stageValues } from './stage-values.js';
import { summarise } from './summaries.js';

export interface StageSummary {
  id: string;
  kind: StageKind;
  state: StageState;
  codeVersion: number;
  /** Estimated floating-point operations. */
  work: number;
  /** Attempts that count against it; a clean release does not. */
  countedAttempts: number;
  workerId: string | null;
  progress: StageProgress | null;
  /** When the picture that a training shows of its network was taken; null: it shows none, or is done. */
  previewAt: string | null;
  error: { code?: string; message?: string } | null;
  createdAt: string;
  startedAt: string | null;
  endedAt: string | null;
}

/** A stage in the list of a sweep's. */
export interface ListedStage extends StageSummary {
  /** The labels of what the sweep varies, and seeds, that decide it: { schedule: "cosine(0, 1, 1)", trainSeed: "1" }. Absent in a list over all sweeps. */
  values?: Record<string, string>;
}

const summary = `
  s.id, s.kind, s.state, s.code_version as "codeVersion", s.work, s.counted_attempts as "countedAttempts", s.worker_id as "workerId", s.progress, s.error,
  (select p.taken_at from stage_previews p where p.stage_id = s.id) as "previewAt",
  s.created_at as "createdAt", s.started_at as "startedAt", s.ended_at as "endedAt"`;

export interface StageFilter extends Page {
  sweepId?: string | undefined;
  kind?: StageKind | undefined;
  state?: StageState | undefined;
}

/** Matching stages: in plan order for one sweep, in order of name for all. */
export async function listStages(db: Queryable, { sweepId, kind, state, limit = 50, cursor }: StageFilter = {}): Promise<{ stages: ListedStage[]; nextCursor: string | null }> {
  const after = parseCursor(cursor);
  if (state !== undefined) await summarise(db, sweepId);
  const params: unknown[] = [limit + 1];
  const given = (value: unknown): string => `$${params.push(value)}`;
  const where = [
    ...(sweepId === undefined ? [] : [`ss.sweep_id = ${given(sweepId)}`]),
    ...(kind === undefined ? [] : [`s.kind = ${given(kind)}`]),
    ...(state === undefined ? [] : [`s.state = ${given(state)}`]),
    ...(state === 'running' ? ['s.lease_expires_at is not null'] : []),
    // few run, and those are found by their lease; of the others the sweep has an index
    ...(sweepId === undefined || state === undefined || state === 'running' ? [] : [`ss.counted = ${given(state)}`]),
    ...(after === null ? [] : [sweepId === undefined ? `s.id > ${given(after.id)}` : `(ss.position, s.id) > (${given(after.at)}::integer, ${given(after.id)})`]),
  ];
  const found = await rows<StageSummary & { at: number }>(db, `
    select ${sweepId === undefined ? '0' : 'ss.position'} as at, ${summary}
    from ${sweepId === undefined ? 'stages s' : 'sweep_stages ss join stages s on s.id = ss.stage_id'}
    ${where.length === 0 ? '' : `where ${where.join(' and ')}`}
    order by ${sweepId === undefined ? '' : 'ss.position, '}s.id limit $1`, params);
  const { items: stages, nextCursor } = pageOf<StageSummary>(found, limit);
  if (sweepId === undefined) return { stages, nextCursor };
  const values = await stageValues(db, sweepId, stages);
  return { stages: stages.map((stage) => ({ ...stage, values: values.get(stage.id) ?? {} })), nextCursor };
}

export interface StageInputRow {
  name: string;
  stageId: string;
  kind: StageKind;
  state: StageState;
}

export interface StageOutputRow {
  name: string;
  hash: string;
  sizeBytes: number;
  mediaType: string;
}

export interface AttemptRow {
  /** The fencing token it held. */
  token: number;
  workerId: string;
  startedAt: string;
  endedAt: string | null;
  /** null: still running. */
  outcome: AttemptOutcome | null;
  error: { code?: string; message?: string } | null;
  /** Artifact that holds its log. */
  logHash: string | null;
}

export interface StageDetail extends StageSummary {
  params: Record<string, unknown>;
  provenance: Provenance | null;
  sweepIds: string[];
  inputs: StageInputRow[];
  outputs: StageOutputRow[];
  /** First to last. */
  attempts: AttemptRow[];
  metrics: MetricRow[];
}

/** One stage by its id or a prefix of it, with those of its sweeps that the principal sees; null if there is none. Throws 'request.invalid' when several match the prefix. */
export async function getStage(db: Queryable, idOrStart: string, principal: Principal): Promise<StageDetail | null> {
  const found = await rows<Pick<StageDetail, keyof StageSummary | 'params' | 'provenance' | 'sweepIds'>>(db, `
    select ${summary}, s.params, s.provenance,
      array(select ss.sweep_id from sweep_stages ss join sweeps w on w.id = ss.sweep_id where ss.stage_id = s.id and ($2::text is null or w.owner = $2) order by w.created_at) as "sweepIds"
    from stages s where s.id >= $1 and s.id < $1 || 'g'
      and ($2::text is null or exists (select from sweep_stages ss join sweeps w on w.id = ss.sweep_id where ss.stage_id = s.id and w.owner = $2))
    order by s.id limit 2`, [idOrStart, visibleOwner(principal)]);
  if (found.length > 1) throw new ElucidateError('request.invalid', `Several stages begin with ${idOrStart}; give more of the id`);
  const [stage] = found;
  if (!stage) return null;
  const [inputs, outputs, attempts, metrics] = await Promise.all([inputsOf(db, stage.id), outputsOf(db, stage.id), attemptsOf(db, stage.id), metricsOf(db, stage.id)]);
  return { ...stage, inputs, outputs, attempts, metrics };
}

const inputsOf = (db: Queryable, stageId: string): Promise<StageInputRow[]> => rows(db, `
  select i.name, i.input_id as "stageId", s.kind, s.state
  from stage_inputs i join stages s on s.id = i.input_id where i.stage_id = $1 order by i.name`, [stageId]);

const outputsOf = (db: Queryable, stageId: string): Promise<StageOutputRow[]> => rows(db, `
  select o.name, o.hash, a.size_bytes::double precision as "sizeBytes", a.media_type as "mediaType"
  from stage_outputs o join artifacts a on a.hash = o.hash where o.stage_id = $1 order by o.name`, [stageId]);

const attemptsOf = (db: Queryable, stageId: string): Promise<AttemptRow[]> => rows(db, `
  select token::double precision as token, worker_id as "workerId", started_at as "startedAt", ended_at as "endedAt", outcome, error, log_hash as "logHash"
  from attempts where stage_id = $1 order by attempts.token`, [stageId]);

/** The given stages that are done. */
export async function doneStages(db: Queryable, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const done = await rows<{ id: string }>(db, `select id from stages where id = any($1) and state = 'done'`, [ids]);
  return new Set(done.map(({ id }) => id));
}

/** What a training that is under way, or ended without being done, shows of its network: a PNG. Throws 'not_found'. */
export async function stagePreview(db: Queryable, id: string): Promise<Buffer> {
  const [found] = await rows<{ png: Buffer }>(db, 'select png from stage_previews where stage_id = $1', [id]);
  if (found) return found.png;
  throw new ElucidateError('not_found', `Stage ${id} shows no preview: it is no training, has only begun, or is done and has its pictures among its files`);
}

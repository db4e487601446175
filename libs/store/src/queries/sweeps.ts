import type { ElucidateError } from '@elucidate/experiment/errors';
import type { StageKind, StageState } from '@elucidate/experiment/stages';
import { visibleOwner } from '../access.js';
import type { SweepState } from '../entities/sweep.js';
import type { Principal } from '../principal.js';
import { pageOf, parseCursor, rows, type Page, type Queryable } from '../queryable.js';
import { waitsOf, type StageWait } from './waits.js';

export interface SweepSummary {
  id: string;
  name: string;
  /** Id of the principal that submitted it. */
  owner: string;
  state: SweepState;
  createdAt: string;
  endedAt: string | null;
  cells: number;
  /** Cells times seeds. */
  trials: number;
  /** How many stages are in each state; a state with none is absent. */
  stages: Partial<Record<StageState, number>>;
  /** Stages that were done before the sweep was submitted. */
  reusedStages: number;
}

const summary = `
  w.id, w.name, w.owner, w.state, w.created_at as "createdAt", w.ended_at as "endedAt",
  (select count(*)::int from cells c where c.sweep_id = w.id) as cells,
  (select count(*)::int from trials t where t.sweep_id = w.id) as trials,
  coalesce(g.stages, '{}') as stages, coalesce(g.reused, 0)::int as "reusedStages"
  from sweeps w
  left join lateral (
    select jsonb_object_agg(state, stages) as stages, sum(reused) as reused
    from (
      select s.state, count(*) as stages, count(*) filter (where ss.reused) as reused
      from sweep_stages ss join stages s on s.id = ss.stage_id where ss.sweep_id = w.id group by s.state
    ) by_state
  ) g on true`;

/** The sweeps that a principal sees, newest first. */
export async function listSweeps(db: Queryable, principal: Principal, { limit = 50, cursor }: Page = {}): Promise<{ sweeps: SweepSummary[]; nextCursor: string | null }> {
  const after = parseCursor(cursor);
  const found = await rows<SweepSummary & { at: number }>(db, `
    select (extract(epoch from w.created_at) * 1000000)::double precision as at, ${summary}
    where ($4::text is null or w.owner = $4)
      and ($1::bigint is null or (w.created_at, w.id) < (timestamptz 'epoch' + $1::bigint * interval '1 microsecond', $2))
    order by w.created_at desc, w.id desc limit $3`, [after?.at ?? null, after?.id ?? null, limit + 1, visibleOwner(principal)]);
  const { items: sweeps, nextCursor } = pageOf<SweepSummary>(found, limit);
  return { sweeps, nextCursor };
}

export interface KindProgress {
  kind: StageKind;
  states: Partial<Record<StageState, number>>;
  reused: number;
  /** Estimated floating-point operations; a running stage counts by its last reported fraction. */
  workDone: number;
  workTotal: number;
}

/** A stage that failed or was quarantined, and why. */
export interface StageFailure {
  stageId: string;
  kind: StageKind;
  state: StageState;
  endedAt: string | null;
  error: Partial<Pick<ElucidateError, 'code' | 'message'>> | null;
}

export interface SweepDetail extends SweepSummary {
  spec: Record<string, unknown>;
  kinds: KindProgress[];
  /** The first five, oldest first. */
  failures: StageFailure[];
  /** Ready stages that no live worker can run, and why. */
  waits: StageWait[];
}

/** Names a sweep that its finder may see. */
export interface SweepRef {
  id: string;
  owner: string;
}

/** The sweep of this id, if there is one that the principal sees; else null. */
export async function findSweep(db: Queryable, id: string, principal: Principal): Promise<SweepRef | null> {
  const [found] = await rows<SweepRef>(db, 'select id, owner from sweeps where id = $1 and ($2::text is null or owner = $2)', [id, visibleOwner(principal)]);
  return found ?? null;
}

/** One sweep with its progress; null if there is none that the principal sees. */
export async function getSweep(db: Queryable, id: string, principal: Principal): Promise<SweepDetail | null> {
  const [sweep] = await rows<Omit<SweepDetail, 'kinds' | 'failures' | 'waits'>>(db, `select w.spec, ${summary} where w.id = $1 and ($2::text is null or w.owner = $2)`, [id, visibleOwner(principal)]);
  if (!sweep) return null;
  const [kinds, failures, waits] = await Promise.all([progressByKind(db, id), firstFailures(db, id), sweep.state === 'running' ? waitsOf(db, id) : []]);
  return { ...sweep, kinds, failures, waits };
}

const progressByKind = (db: Queryable, sweepId: string): Promise<KindProgress[]> => rows<KindProgress>(db, `
  select kind, jsonb_object_agg(state, stages) as states, sum(reused)::int as reused, sum(done) as "workDone", sum(total) as "workTotal"
  from (
    select s.kind, s.state, count(*) as stages, count(*) filter (where ss.reused) as reused, sum(s.work) as total, min(ss.position) as position,
      sum(s.work * case s.state when 'done' then 1 when 'running' then coalesce((s.progress->>'fraction')::double precision, 0) else 0 end) as done
    from sweep_stages ss join stages s on s.id = ss.stage_id where ss.sweep_id = $1
    group by s.kind, s.state
  ) by_state
  group by kind order by min(position)`, [sweepId]);

const firstFailures = (db: Queryable, sweepId: string): Promise<StageFailure[]> => rows<StageFailure>(db, `
  select s.id as "stageId", s.kind, s.state, s.ended_at as "endedAt", s.error
  from sweep_stages ss join stages s on s.id = ss.stage_id
  where ss.sweep_id = $1 and s.state in ('failed', 'quarantined')
  order by s.ended_at nulls last, ss.position limit 5`, [sweepId]);

import type { ElucidateError } from '@elucidate/experiment/errors';
import type { StageKind, StageState } from '@elucidate/experiment/stages';
import { visibleOwner } from '../access.js';
import type { SweepState } from '../entities/sweep.js';
import type { Principal } from '../principal.js';
import { pageOf, parseCursor, rows, type Page, type Queryable } from '../queryable.js';
import { summarise, summarisePatiently } from './summaries.js';
import { waitsOf, type StageWait } from './waits.js';

/** Hours that a sweep may spend, of slots or on the clock; a limit that it does not have is null. */
export interface SweepBudget {
  deviceHours: number | null;
  wallHours: number | null;
  spentHours: number;
  /** It is paused because that is used up. */
  usedUp: boolean;
}

export interface SweepSummary {
  id: string;
  name: string;
  /** Id of the principal that submitted it. */
  owner: string;
  state: SweepState;
  /** Every edit of the sweep increases it. */
  version: number;
  /** It runs, but no stage is claimed for it. */
  paused: boolean;
  /** It runs, and ends with the cells that ran when it was stopped. */
  stopping: boolean;
  /** Among its owner's sweeps; higher goes first. */
  priority: number;
  /** Its share, relative to those of its owner's sweeps of the same priority. */
  weight: number;
  /** Stages that run at once, at most; null: no limit. */
  concurrency: number | null;
  /** What it may spend, and had spent when that was last counted; null without a budget. */
  budget: SweepBudget | null;
  createdAt: string;
  endedAt: string | null;
  cells: number;
  /** Cells times seeds. */
  trials: number;
  /** How many stages are in each state; a state with none is absent. */
  stages: Partial<Record<StageState, number>>;
  /** Stages that were done before the sweep was submitted. */
  reusedStages: number;
  /** Seconds of slots of the attempts on its ledger that have ended. */
  spentSeconds: number;
  /** Seconds of slots that its trials did not take because they share stages. */
  savedSeconds: number;
}

/** Stages that are running: few, at most one for each slot; in the counts they are ready. */
const runningStages = `
  select s.kind, count(*)::int as stages, sum(s.work * coalesce((s.progress->>'fraction')::double precision, 0)) as work
  from stages s join sweep_stages ss on ss.stage_id = s.id and ss.sweep_id = w.id where s.state = 'running' and s.lease_expires_at is not null group by s.kind`;

const summary = `
  w.id, w.name, w.owner, w.state, w.version, w.state = 'running' and w.paused_at is not null as paused, w.state = 'running' and w.stopped_at is not null as stopping, w.priority, w.weight, w.concurrency,
  case when w.spec ? 'budget' then jsonb_build_object('deviceHours', w.spec->'budget'->'deviceHours', 'wallHours', w.spec->'budget'->'wallHours', 'spentHours', coalesce(b.spent_seconds, 0) / 3600, 'usedUp', w.state = 'running' and coalesce(b.held, false)) end as budget, w.created_at as "createdAt", w.ended_at as "endedAt",
  coalesce(z.cells, 0) as cells, coalesce(z.trials, 0) as trials, coalesce(z.spent, 0) as "spentSeconds", coalesce(z.saved, 0) as "savedSeconds", coalesce(g.kinds, '[]') as kinds
  from sweeps w
  left join sweep_sizes z on z.sweep_id = w.id
  left join budgets b on b.sweep_id = w.id
  left join lateral (
    select jsonb_agg(jsonb_build_object('kind', kind, 'counts', counts, 'done', done, 'total', total, 'running', coalesce(r.stages, 0), 'partly', coalesce(r.work, 0)) order by position) as kinds
    from (
      select kind, jsonb_object_agg(state, stages) as counts, min(position) as position,
        coalesce(sum(work) filter (where state = 'done'), 0) as done, coalesce(sum(work) filter (where state <> 'reused'), 0) as total
      from stage_counts where sweep_id = w.id and stages > 0 group by kind
    ) by_kind left join (${runningStages}) r using (kind)
  ) g on true`;

/** Stages of a kind, as they are counted. */
interface KindCounts {
  kind: StageKind;
  counts: Partial<Record<StageState | 'reused', number>>;
  done: number;
  total: number;
  running: number;
  /** Work of the running stages by the fractions they last reported. */
  partly: number;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

function progressOf({ kind, counts: { reused = 0, ...counted }, done, total, running, partly }: KindCounts): KindProgress {
  // a claim may be newer than the counts
  const ready = Math.max(0, (counted.ready ?? 0) - running);
  const states = Object.fromEntries(Object.entries({ ...counted, ready, running }).filter(([, stages]) => stages > 0));
  return { kind, states, reused, workDone: done + partly, workTotal: total };
}

type CountedSweep<T extends SweepSummary> = Omit<T, 'stages' | 'reusedStages' | 'kinds' | 'failures' | 'waits'> & { kinds: KindCounts[] };

function summaryOf<T extends SweepSummary>({ kinds: counted, ...sweep }: CountedSweep<T>): { sweep: Omit<CountedSweep<T>, 'kinds'> & Pick<SweepSummary, 'stages' | 'reusedStages'>; kinds: KindProgress[] } {
  const kinds = counted.map(progressOf);
  const states = [...new Set(kinds.flatMap(({ states: of }) => Object.keys(of) as StageState[]))];
  const stages = Object.fromEntries(states.map((state) => [state, sum(kinds.map(({ states: of }) => of[state] ?? 0))]));
  return { sweep: { ...sweep, stages, reusedStages: sum(kinds.map(({ reused }) => reused)) }, kinds };
}

/** It ended after its stages were counted: some are not counted as ended. */
const endedSince = ({ state, kinds }: Pick<CountedSweep<SweepSummary>, 'state' | 'kinds'>): boolean =>
  state !== 'running' && kinds.some(({ counts: { waiting = 0, ready = 0, running = 0 } }) => waiting + ready + running > 0);

/** Sweeps with their stages counted, so that one that has ended is not shown with stages that have not. */
async function counted<T extends SweepSummary>(db: Queryable, read: () => Promise<CountedSweep<T>[]>, sweepId?: string): Promise<CountedSweep<T>[]> {
  await summarise(db, sweepId);
  const found = await read();
  if (!found.some(endedSince)) return found;
  await summarisePatiently(db);
  return read();
}

export interface SweepsPage extends Page {
  /** Only sweeps of this name. */
  name?: string | undefined;
  /** Only sweeps of this owner. */
  owner?: string | undefined;
  /** Only sweeps with this in their name, description or owner, or at the beginning of their id. */
  search?: string | undefined;
  state?: SweepState | undefined;
}

/** The sweeps that a principal sees, newest first. */
export async function listSweeps(db: Queryable, principal: Principal, { limit = 50, cursor, name, owner, search, state }: SweepsPage = {}): Promise<{ sweeps: SweepSummary[]; nextCursor: string | null }> {
  const after = parseCursor(cursor);
  const found = await counted<SweepSummary & { at: number }>(db, () => rows(db, `
    select (extract(epoch from w.created_at) * 1000000)::double precision as at, ${summary}
    where ($4::text is null or w.owner = $4) and ($5::text is null or w.name = $5) and ($6::text is null or w.owner = $6) and ($8::text is null or w.state = $8)
      and ($7::text is null or strpos(lower(concat_ws(' ', w.name, w.spec->>'description', w.owner)), lower($7)) > 0 or starts_with(w.id, $7))
      and ($1::bigint is null or (w.created_at, w.id) < (timestamptz 'epoch' + $1::bigint * interval '1 microsecond', $2))
    order by w.created_at desc, w.id desc limit $3`, [after?.at ?? null, after?.id ?? null, limit + 1, visibleOwner(principal), name ?? null, owner ?? null, search ?? null, state ?? null]));
  const { items, nextCursor } = pageOf<CountedSweep<SweepSummary>>(found, limit);
  return { sweeps: items.map((item) => summaryOf(item).sweep), nextCursor };
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
  /** The first five in the order of the plan. */
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
  const [found] = await counted<SweepDetail>(db, () => rows(db, `select w.spec, ${summary} where w.id = $1 and ($2::text is null or w.owner = $2)`, [id, visibleOwner(principal)]), id);
  if (!found) return null;
  const { sweep, kinds } = summaryOf<SweepDetail>(found);
  const [failures, waits] = await Promise.all([firstFailures(db, id), sweep.state === 'running' && !sweep.paused ? waitsOf(db, id) : []]);
  return { ...sweep, kinds, failures, waits };
}

/** By plan, so that the stage that failed comes before those that needed it. */
const firstFailures = (db: Queryable, sweepId: string): Promise<StageFailure[]> => rows<StageFailure>(db, `
  select s.id as "stageId", s.kind, s.state, s.ended_at as "endedAt", s.error
  from (
    (select stage_id, position from sweep_stages where sweep_id = $1 and counted = 'failed' order by position limit 5) union all
    (select stage_id, position from sweep_stages where sweep_id = $1 and counted = 'quarantined' order by position limit 5)
  ) ss join stages s on s.id = ss.stage_id
  order by ss.position limit 5`, [sweepId]);

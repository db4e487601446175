import { ledgerOf, type LedgerRow, type SweepLedger } from '@elucidate/experiment/ledger';
import type { Principal } from '../principal.js';
import { rows, type Page, type Queryable } from '../queryable.js';
import { listSweeps, type SweepSummary } from './sweeps.js';

/**
 * The line that workers show of their engine, "simd 1+2a, 4 threads, AMD EPYC: first that is here; not webgpu: no GPU answers", has the device before the first
 * colon. In PostgreSQL the first quantifier decides for the whole expression: with a greedy one the match would go on to the last.
 */
const deviceIn = '^[^,]*?, [0-9]+ threads?, (.*?): ';

/** The attempts on the ledger of a sweep, by the view `sweep_attempts`. One pass over the sweep's stages, by index. */
const attemptsOf = (db: Queryable, sweepId: string): Promise<LedgerRow[]> => rows(db, `
  select device, outcome, cause, count(*)::int as attempts, sum(extract(epoch from greatest(ended - started_at, interval '0')))::double precision as seconds
  from (
    select a.started_at, coalesce(a.ended_at, clock_timestamp()) as ended,
      coalesce(case when made.now then s.provenance->>'device' end, substring(w.engine from '${deviceIn}'), w.engine, 'unknown') as device,
      case when made.now then 'useful' when a.outcome is not null then 'wasted' end as outcome,
      case when made.now or a.outcome is null then null when a.outcome in ('failed', 'expired') then coalesce(a.error->>'code', a.outcome) when a.outcome = 'done' then 'replaced' else a.outcome end as cause
    from sweep_attempts a
    join stages s on s.id = a.stage_id
    left join workers w on w.id = a.worker_id
    cross join lateral (select a.outcome = 'done' and a.token = s.token and s.state = 'done' as now) made
    where a.sweep_id = $1) charged
  group by device, outcome, cause`, [sweepId]);

/** What the attempts on the ledger of a sweep took until now, in seconds of slots. */
export async function secondsSpent(db: Queryable, sweepId: string): Promise<number> {
  return (await attemptsOf(db, sweepId)).reduce((sum, { seconds }) => sum + seconds, 0);
}

/** Seconds of the attempts that made the finished stages of a sweep. One pass over its trials, by index. */
async function costOf(db: Queryable, sweepId: string): Promise<{ alone: number; once: number; reused: number }> {
  const [cost] = await rows<{ alone: number; once: number; reused: number }>(db, `
    select coalesce(sum(uses * seconds), 0)::double precision as alone, coalesce(sum(seconds), 0)::double precision as once, coalesce(sum(seconds) filter (where reused), 0)::double precision as reused
    from (
      select used.uses, ss.reused, extract(epoch from greatest(a.ended_at - a.started_at, interval '0')) as seconds
      from (select ts.stage_id, count(*) as uses from trials t join trial_stages ts on ts.trial_id = t.id where t.sweep_id = $1 group by ts.stage_id) used
      join sweep_stages ss on ss.sweep_id = $1 and ss.stage_id = used.stage_id
      join stages s on s.id = used.stage_id and s.state = 'done'
      join attempts a on a.stage_id = s.id and a.token = s.token and a.outcome = 'done') made`, [sweepId]);
  return cost!;
}

/** What was spent for a sweep, and what it did not have to spend. */
export async function sweepLedger(db: Queryable, { id, name, owner, state }: Pick<SweepSummary, 'id' | 'name' | 'owner' | 'state'>): Promise<SweepLedger> {
  const [attempts, cost] = [await attemptsOf(db, id), await costOf(db, id)];
  return { sweepId: id, name, owner, state, ...ledgerOf(attempts, cost) };
}

export interface LedgersQuestion extends Page {
  /** Only sweeps of this owner. */
  owner?: string | undefined;
}

/** The ledgers of the sweeps that a principal sees, the newest first. */
export async function ledgers(db: Queryable, principal: Principal, { limit = 10, ...page }: LedgersQuestion = {}): Promise<{ ledgers: SweepLedger[]; nextCursor: string | null }> {
  const { sweeps, nextCursor } = await listSweeps(db, principal, { ...page, limit });
  const found: SweepLedger[] = [];
  for (const sweep of sweeps) found.push(await sweepLedger(db, sweep));
  return { ledgers: found, nextCursor };
}

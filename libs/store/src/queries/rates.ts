import type { StageKind } from '@elucidate/experiment/stages';
import { rows, type Queryable } from '../queryable.js';

export interface WorkRate {
  kind: StageKind;
  /** Estimated floating-point operations per second of one slot, the median over `attempts`. */
  workPerSecond: number;
  attempts: number;
}

/** How fast each kind of stage has run here, to estimate the cost of a plan; a kind that never ran is absent. */
export const workRates = (db: Queryable): Promise<WorkRate[]> => rows(db, `
  select s.kind, percentile_cont(0.5) within group (order by s.work / extract(epoch from a.ended_at - a.started_at)::double precision) as "workPerSecond", count(*)::int as attempts
  from attempts a join stages s on s.id = a.stage_id
  where a.outcome = 'done' and a.ended_at > a.started_at and s.work > 0
  group by s.kind order by s.kind`);

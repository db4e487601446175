import type { Estimate } from '@elucidate/experiment/tables';
import { rows, type Queryable } from '../queryable.js';

/** Trials of one configuration of a sweep. */
export interface DivergedTrials {
  sweepId: string;
  cellId: string;
  /** That have no score, because a stage that they need diverged. */
  diverged: number;
  /** In all. */
  trials: number;
}

/** A condition on a stage `s`. */
export const isDiverged = `s.state = 'failed' and s.error ->> 'code' = 'stage.diverged'`;

/** Which of these configurations have trials that diverged. Reads their own trials alone, by index, however many stages of their sweeps failed. */
export const divergedTrials = (db: Queryable, cells: readonly Pick<DivergedTrials, 'sweepId' | 'cellId'>[]): Promise<DivergedTrials[]> => (cells.length === 0 ? Promise.resolve([]) : rows(db, `
  select given.sweep_id as "sweepId", given.cell_id as "cellId", count(t.diverged)::integer as diverged, count(*)::integer as trials
  from (
    select distinct sweep_id, cell_id from unnest($1::text[], $2::text[]) as page(sweep_id, cell_id)
    where exists (select from stage_counts failed where failed.sweep_id = page.sweep_id and failed.state = 'failed' and failed.stages > 0)) given
  -- "offset 0": each by index, whatever the planner thinks of their number
  cross join lateral (
    select (
      select true from (select stage_id from trial_stages where trial_id = own.id offset 0) ts
      cross join lateral (select from sweep_stages where sweep_id = own.sweep_id and stage_id = ts.stage_id and counted = 'failed' offset 0) ss
      cross join lateral (select from stages s where s.id = ts.stage_id and ${isDiverged} offset 0) s limit 1) as diverged
    from trials own where own.sweep_id = given.sweep_id and own.cell_id = given.cell_id offset 0) t
  group by given.sweep_id, given.cell_id having count(t.diverged) > 0`, [cells.map(({ sweepId }) => sweepId), cells.map(({ cellId }) => cellId)]));

/** The same of a whole sweep, by configuration. Reads every stage of it that failed. */
export const divergedByCell = async (db: Queryable, sweepId: string): Promise<ReadonlyMap<string, DivergedTrials>> => {
  const found = await rows<DivergedTrials>(db, `
    select t.sweep_id as "sweepId", t.cell_id as "cellId", count(distinct t.id)::integer as diverged,
      (select count(*)::integer from trials own where own.sweep_id = t.sweep_id and own.cell_id = t.cell_id) as trials
    from sweep_stages ss join stages s on s.id = ss.stage_id
    join trial_stages ts on ts.stage_id = s.id join trials t on t.id = ts.trial_id and t.sweep_id = ss.sweep_id
    where ss.sweep_id = $1 and ss.counted = 'failed' and ${isDiverged}
    group by t.sweep_id, t.cell_id`, [sweepId]);
  return new Map(found.map((one) => [one.cellId, one]));
};

/** An estimate that counts them. */
export const withDiverged = <E extends Pick<Estimate, 'diverged'>>(estimate: E, lost: DivergedTrials | undefined): E => (lost === undefined ? estimate : { ...estimate, diverged: estimate.diverged + lost.diverged });

/** Estimates by metric that count them. */
export const allWithDiverged = (metrics: Readonly<Record<string, Estimate>>, lost: DivergedTrials | undefined): Record<string, Estimate> =>
  Object.fromEntries(Object.entries(metrics).map(([metric, estimate]) => [metric, withDiverged(estimate, lost)]));

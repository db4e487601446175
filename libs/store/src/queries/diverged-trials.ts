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

/** The configurations of some sweeps of which trials diverged. Reads every stage of theirs that failed. */
export const divergedTrials = (db: Queryable, sweepIds: readonly string[]): Promise<DivergedTrials[]> => rows(db, `
  select t.sweep_id as "sweepId", t.cell_id as "cellId", count(distinct t.id)::integer as diverged,
    (select count(*)::integer from trials own where own.sweep_id = t.sweep_id and own.cell_id = t.cell_id) as trials
  from sweep_stages ss join stages s on s.id = ss.stage_id
  join trial_stages ts on ts.stage_id = s.id join trials t on t.id = ts.trial_id and t.sweep_id = ss.sweep_id
  where ss.sweep_id = any($1) and ss.counted = 'failed' and s.state = 'failed' and s.error ->> 'code' = 'stage.diverged'
  group by t.sweep_id, t.cell_id`, [[...new Set(sweepIds)]]);

/** The same of one sweep, by configuration. */
export const divergedByCell = async (db: Queryable, sweepId: string): Promise<ReadonlyMap<string, DivergedTrials>> =>
  new Map((await divergedTrials(db, [sweepId])).map((one) => [one.cellId, one]));

/** An estimate that counts them. */
export const withDiverged = <E extends Pick<Estimate, 'diverged'>>(estimate: E, lost: DivergedTrials | undefined): E => (lost === undefined ? estimate : { ...estimate, diverged: estimate.diverged + lost.diverged });

/** Estimates by metric that count them. */
export const allWithDiverged = (metrics: Readonly<Record<string, Estimate>>, lost: DivergedTrials | undefined): Record<string, Estimate> =>
  Object.fromEntries(Object.entries(metrics).map(([metric, estimate]) => [metric, withDiverged(estimate, lost)]));

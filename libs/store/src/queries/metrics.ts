import { rows, type Queryable } from '../queryable.js';

/** One number a stage found; NaN where it diverged. */
export interface MetricRow {
  name: string;
  value: number;
  spread: number | null;
  n: number | null;
  evaluator: string | null;
  details: Record<string, unknown> | null;
}

export const metricsOf = (db: Queryable, stageId: string): Promise<MetricRow[]> =>
  rows(db, 'select name, value, spread, n, evaluator, details from metrics where stage_id = $1 order by name', [stageId]);

/** One number of one trial of a sweep, as the tables count it. */
export interface TrialScoreRow {
  cellId: string;
  trainSeed: number;
  sampleSeed: number;
  metric: 'fid' | 'kid';
  value: number;
  /** Standard deviation of the estimate itself, when it has one. */
  spread: number | null;
  n: number | null;
  evaluator: string | null;
  floor: number | null;
  nfe: number | null;
}

/** Every score of a sweep, trial by trial, in the order of the grid. */
export const trialScores = (db: Queryable, { sweepId }: { sweepId: string }): Promise<TrialScoreRow[]> => rows(db, `
  select s.cell_id as "cellId", s.train_seed as "trainSeed", s.sample_seed as "sampleSeed", s.metric, s.value, s.spread, s.n, s.evaluator, s.floor, s.nfe
  from trial_scores s join cells c on c.sweep_id = s.sweep_id and c.id = s.cell_id
  where s.sweep_id = $1 order by c.position, s.train_seed, s.sample_seed, s.metric`, [sweepId]);

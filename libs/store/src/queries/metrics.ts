import { firstMetric, metricKey } from '@elucidate/experiment/metric-requests';
import type { MetricRequest } from '@elucidate/experiment/metric-requests';
import { rows, type Queryable } from '../queryable.js';

/** One number computed by a stage; NaN if it diverged. */
export interface MetricRow {
  name: string;
  value: number;
  stddev: number | null;
  n: number | null;
  evaluator: string | null;
  details: Record<string, unknown> | null;
}

export const metricsOf = (db: Queryable, stageId: string): Promise<MetricRow[]> =>
  rows(db, 'select name, value, stddev, n, evaluator, details from metrics where stage_id = $1 order by name', [stageId]);

/** One number of one trial of a sweep, as the tables count it. */
export interface TrialScoreRow {
  cellId: string;
  trainSeed: number;
  sampleSeed: number;
  /** Key of the metric: "fid", "fid@256". */
  metric: string;
  value: number;
  /** Standard deviation of the estimate itself, when it has one. */
  stddev: number | null;
  n: number | null;
  evaluator: string | null;
  /** The same metric of real images. */
  real: number | null;
  nfe: number | null;
}

/** Every score of a sweep, trial by trial, in the order of the grid. */
export const trialScores = (db: Queryable, { sweepId }: { sweepId: string }): Promise<TrialScoreRow[]> => rows(db, `
  select s.cell_id as "cellId", s.train_seed as "trainSeed", s.sample_seed as "sampleSeed", s.metric, s.value, s.stddev, s.n, s.evaluator, s.real, s.nfe
  from trial_scores s join cells c on c.sweep_id = s.sweep_id and c.id = s.cell_id
  where s.sweep_id = $1 order by c.position, s.train_seed, s.sample_seed, s.metric`, [sweepId]);

/** Keys of the metrics that a sweep requests, in display order; the first metric in the table if it names none. */
export async function metricsOfSweep(db: Queryable, sweepId: string): Promise<string[]> {
  const [found] = await rows<{ metrics: MetricRequest[] | null }>(db, `select spec->'evaluate'->'metrics' as metrics from sweeps where id = $1`, [sweepId]);
  return found?.metrics?.map(metricKey) ?? [firstMetric];
}

import { ElucidateError } from '@elucidate/experiment/errors';
import type { ScoredCell } from '@elucidate/experiment/effects';
import { bestMean } from '@elucidate/experiment/leaderboard';
import type { ScoreBasis } from '@elucidate/experiment/score-basis';
import { meanOf, type Trial } from '@elucidate/statistics/trial';
import { rows, type Queryable } from '../queryable.js';
import { cellTrials } from './cell-trials.js';
import { comparableScores, type ComparableScores } from './comparable-scores.js';
import { metricsOfSweep } from './metrics.js';
import { basisOfScores } from './score-bases.js';
import { summarise } from './summaries.js';
import { sweepAxes, type SweepAxes } from './sweep-axes.js';
import { unscored } from './unscored.js';

/** Configurations of which single trials are read at once. */
export const mostScoredCells = 2000;

/** A configuration that has all its trials, and where it is in the sweep. */
export interface FoundCell extends ScoredCell {
  cellId: string;
  position: number;
}

/** The configurations of a sweep that have all their trials of a metric by one evaluator, with these. */
export interface ScoredCells {
  sweepName: string;
  metric: string;
  axes: SweepAxes;
  /** In the order of the sweep. */
  cells: FoundCell[];
  /** Configurations that are not among them. */
  incomplete: number;
  n: number | null;
  evaluator: string | null;
  /** What the scores rest on. */
  basis: ScoreBasis | null;
  real: number | null;
}

type Found = Omit<FoundCell, 'trials'> & { real: number | null };

/**
 * Of one evaluator and n. `metric` is by default the first that the sweep requests.
 * Throws 'request.invalid' for more configurations than can be read at once, 'not_found' if none has all its trials.
 */
export async function scoredCells(db: Queryable, sweepId: string, asked: string | undefined): Promise<ScoredCells> {
  await summarise(db, sweepId);
  const metric = asked ?? (await metricsOfSweep(db, sweepId))[0]!;
  const scores = await comparableScores(db, { sweepId, metric });
  const found = scores === null ? [] : await rows<Found>(db, `
    select e.cell_id as "cellId", e.position, p.place, e."real" from cell_estimates e join cell_places p on p.sweep_id = e.sweep_id and p.cell_id = e.cell_id
    where e.sweep_id = $1 and e.metric = $2 and e.evaluator = $3 and e.images = $4 and e.diverged = 0 and e.count = e.trials order by e.position limit $5`,
  [sweepId, metric, scores.evaluator, scores.images, mostScoredCells + 1]);
  if (scores === null || found.length === 0) throw new ElucidateError('not_found', `Sweep ${sweepId} has no configuration with all its trials of ${metric}${await unscored(db, sweepId, metric)}`);
  if (found.length > mostScoredCells) throw new ElucidateError('request.invalid', `Sweep ${sweepId} has more than ${mostScoredCells} configurations, more than are compared trial by trial; \`elucidate trials ${sweepId} --out trials.parquet\` has every score`);
  const trials = await cellTrials(db, found.map(({ cellId }) => ({ sweepId, cellId, evaluator: scores.evaluator, images: scores.images })), metric);
  const [sweep] = await rows<{ name: string; cells: number | null }>(db, 'select name, (select cells from sweep_sizes where sweep_id = id) as cells from sweeps where id = $1', [sweepId]);
  const axes = await sweepAxes(db, sweepId);
  return {
    sweepName: sweep?.name ?? sweepId, metric, axes, cells: found.map(({ cellId, position, place }, i) => ({ cellId, position, place, trials: trials[i]!.get(metric) ?? [] })),
    incomplete: Math.max(0, (sweep?.cells ?? 0) - found.length), n: scores.images || null, evaluator: scores.evaluator || null, basis: await basisOf(db, sweepId, { scores, cellId: found[0]!.cellId, trials: trials.map((of) => of.get(metric) ?? []) }), real: found.find(({ real }) => real !== null)?.real ?? null,
  };
}

/** What scores rest on, one cell of which is given, and the trials of all. */
const basisOf = (db: Queryable, sweepId: string, { scores, cellId, trials }: { scores: ComparableScores; cellId: string; trials: readonly (readonly Trial[])[] }): Promise<ScoreBasis | null> =>
  basisOfScores(db, scores, { sweepId, cellId, best: bestMean(scores.metric, trials.filter((own) => own.length > 0).map((own) => ({ mean: meanOf(own.map(({ value }) => value)) }))) });

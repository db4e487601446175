import { bestMean } from '@elucidate/experiment/leaderboard';
import { allAxes } from '@elucidate/experiment/plot-axes';
import { cellsIn, picked, plotOf, plotRequestsOf, type Picked, type TrialsOf } from '@elucidate/experiment/plot-points';
import type { MetricPlot, PlotAxis, PlotRequest } from '@elucidate/experiment/plot';
import { isMeasured } from '@elucidate/experiment/plot-work';
import type { AskedScores, ScoreBasis } from '@elucidate/experiment/score-basis';
import { rows, type Queryable } from '../queryable.js';
import { cellTrials, mostTrialCells } from './cell-trials.js';
import { comparableScores, type ComparableScores } from './comparable-scores.js';
import { metricsOfSweep } from './metrics.js';
import { plotCells } from './plot-cells.js';
import { basisOfScores } from './score-bases.js';
import { summarise } from './summaries.js';
import { sweepAxes } from './sweep-axes.js';
import { measuredWork } from './trial-seconds.js';
import { unscored } from './unscored.js';

export interface PlotQuestion extends PlotRequest {
  sweepId: string;
  /** Whose; by default those of the most images. */
  scores?: AskedScores | undefined;
}

/**
 * The numbers of a picture of a sweep, of one evaluator and n. Throws 'request.invalid' for axes that the sweep does not vary, 'not_found' if nothing has been scored.
 */
export async function sweepPlot(db: Queryable, { sweepId, scores: asked, ...request }: PlotQuestion): Promise<MetricPlot> {
  await summarise(db, sweepId);
  const metric = request.metric ?? (await metricsOfSweep(db, sweepId))[0]!;
  const [axes, scores, [sweep]] = [await sweepAxes(db, sweepId), await comparableScores(db, { sweepId, metric, scores: asked }), await rows<{ name: string }>(db, 'select name from sweeps where id = $1', [sweepId])];
  const all = scores === null ? [] : await plotCells(db, { sweepId, scores, axes }, request);
  const measured = request.x !== undefined && isMeasured(request.x) ? await measuredWork(db, { sweepId, cells: all, path: request.x }) : { cells: all, work: null };
  const found = picked({ sweepId, sweepName: sweep?.name ?? sweepId, metric, axes, evaluator: scores?.evaluator || null, ...measured, ...(all.every(({ estimate }) => estimate === null) && { unscored: await unscored(db, sweepId, metric) }) }, request);
  return plotOf(found, scores === null ? {} : { trialsOf: await trialsIn(db, found, scores), basis: await basisIn(db, found, scores) });
}

/** The scores of a picture's configurations, seed by seed; none where these are too many to be read one by one. */
async function trialsIn(db: Queryable, found: Picked, { metric, evaluator, images }: ComparableScores): Promise<TrialsOf> {
  const cells = cellsIn(found);
  if (cells.length > mostTrialCells) return new Map();
  const trials = await cellTrials(db, cells.map(({ cellId }) => ({ sweepId: found.sweepId, cellId, evaluator, images })), metric);
  return new Map(cells.map(({ cellId }, i) => [cellId, trials[i]!.get(metric) ?? []]));
}

/** What a picture's scores rest on. */
async function basisIn(db: Queryable, found: Picked, scores: ComparableScores): Promise<ScoreBasis | null> {
  const cells = cellsIn(found);
  const [first] = cells;
  if (first === undefined) return null;
  return basisOfScores(db, scores, { sweepId: found.sweepId, cellId: first.cellId, best: bestMean(scores.metric, cells.map(({ estimate }) => ({ mean: estimate!.mean! }))) });
}

/** The pictures of what a sweep varies, the first to look at first. */
export async function sweepPlots(db: Queryable, sweepId: string): Promise<PlotRequest[]> {
  await summarise(db, sweepId);
  return plotRequestsOf(await sweepAxes(db, sweepId));
}

/** The same, and the axes and metrics that other pictures of it can have. */
export async function plottable(db: Queryable, sweepId: string): Promise<{ plots: PlotRequest[]; axes: PlotAxis[]; metrics: string[] }> {
  await summarise(db, sweepId);
  const axes = await sweepAxes(db, sweepId);
  return { plots: plotRequestsOf(axes), axes: allAxes(axes), metrics: await metricsOfSweep(db, sweepId) };
}

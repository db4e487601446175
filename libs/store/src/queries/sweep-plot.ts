import { labelOf } from '@elucidate/experiment/labels';
import { plotOf, plotRequestsOf } from '@elucidate/experiment/plot-points';
import type { MetricPlot, PlotCell, PlotRequest } from '@elucidate/experiment/plot';
import { rows, type Queryable } from '../queryable.js';
import { rankings } from './leaderboard-scope.js';
import { metricsOfSweep } from './metrics.js';
import { summarise } from './summaries.js';
import { sweepAxes } from './sweep-axes.js';

export interface PlotQuestion extends PlotRequest {
  sweepId: string;
}

type Found = NonNullable<PlotCell['estimate']> & { position: number; nfe: number | null };

/** Every cell of a sweep with its estimate of a metric by one evaluator; each table is read once, by index. */
async function cellsOf(db: Queryable, sweepId: string, { metric, evaluator, images }: { metric: string; evaluator: string; images: number }): Promise<PlotCell[]> {
  const places = await rows<{ position: number; place: number[] }>(db, 'select position, place from cell_places where sweep_id = $1 order by position', [sweepId]);
  const found = await rows<Found>(db, `
    select position, nfe, mean, min, max, count, diverged, "real" from cell_estimates where sweep_id = $1 and metric = $2 and evaluator = $3 and images = $4`, [sweepId, metric, evaluator, images]);
  const others = await rows<{ position: number }>(db, `
    select position from cell_estimates where sweep_id = $1 and metric = $2 and (evaluator <> $3 or images <> $4)`, [sweepId, metric, evaluator, images]);
  const estimates = new Map(found.map(({ position, ...estimate }) => [position, estimate]));
  const elsewhere = new Set(others.map(({ position }) => position));
  return places.map(({ position, place }) => {
    const estimate = estimates.get(position) ?? null;
    return { place, nfe: estimate?.nfe ?? null, estimate, incomparable: estimate === null && elsewhere.has(position) };
  });
}

/**
 * The numbers of a picture of a sweep, over all of its cells: of several evaluators or numbers of images, those of the one with the most images.
 * Throws 'request.invalid' for axes that the sweep does not vary, 'not_found' if nothing has been scored.
 */
export async function sweepPlot(db: Queryable, { sweepId, ...request }: PlotQuestion): Promise<MetricPlot> {
  await summarise(db, sweepId);
  const metric = request.metric ?? (await metricsOfSweep(db, sweepId))[0]!;
  const [axes, [ranking], [sweep]] = [await sweepAxes(db, sweepId), await rankings(db, { sweepId, owner: null }, metric), await rows<{ name: string }>(db, 'select name from sweeps where id = $1', [sweepId])];
  const cells = ranking === undefined ? [] : await cellsOf(db, sweepId, ranking);
  const extractor = axes.get('extractor')?.values[0];
  return plotOf({
    sweepId, sweepName: sweep?.name ?? sweepId, metric, axes, cells, n: ranking?.images || null, evaluator: ranking?.evaluator || null,
    extractor: extractor == null ? null : typeof extractor === 'object' && 'kind' in extractor ? String(extractor.kind) : labelOf('extractor', extractor),
  }, request);
}

/** The pictures of what a sweep varies, the first to look at first. */
export async function sweepPlots(db: Queryable, sweepId: string): Promise<PlotRequest[]> {
  await summarise(db, sweepId);
  return plotRequestsOf(await sweepAxes(db, sweepId));
}

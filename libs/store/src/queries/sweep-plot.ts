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

/** Cells read at once. */
const pageSize = 5000;

interface Found {
  position: number;
  place: number[];
  nfe: number | null;
  mean: number | null;
  min: number | null;
  max: number | null;
  count: number | null;
  diverged: number | null;
  real: number | null;
  incomparable: boolean;
}

/** Every cell of a sweep with its estimate of a metric by one evaluator, page by page. */
async function cellsOf(db: Queryable, sweepId: string, { metric, evaluator, images }: { metric: string; evaluator: string; images: number }): Promise<PlotCell[]> {
  const cells: PlotCell[] = [];
  let found: Found[];
  let after = -1;
  do {
    found = await rows<Found>(db, `
      select p.position, p.place, e.nfe, e.mean, e.min, e.max, e.count, e.diverged, e.real,
        e.cell_id is null and exists (select from cell_estimates o where o.sweep_id = $1 and o.cell_id = p.id and o.metric = $3) as incomparable
      from (select c.id, c.position, p.place from cells c join cell_places p on p.sweep_id = c.sweep_id and p.cell_id = c.id where c.sweep_id = $1 and c.position > $2 order by c.position limit $6) p
      left join cell_estimates e on e.sweep_id = $1 and e.cell_id = p.id and e.metric = $3 and e.evaluator = $4 and e.images = $5
      order by p.position`, [sweepId, after, metric, evaluator, images, pageSize]);
    cells.push(...found.map(({ place, nfe, mean, min, max, count, diverged, real, incomparable }) => ({
      place, nfe, incomparable, estimate: count === null ? null : { mean, min: min!, max: max!, count, diverged: diverged!, real },
    })));
    after = found.at(-1)?.position ?? after;
  } while (found.length === pageSize);
  return cells;
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

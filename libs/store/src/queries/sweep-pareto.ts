import { ElucidateError } from '@elucidate/experiment/errors';
import { labelOf } from '@elucidate/experiment/labels';
import { paretoOf, type Pareto, type WorkedCell } from '@elucidate/experiment/pareto';
import { readerOf, varyingIn } from '@elucidate/experiment/plot-axes';
import { selectedCells } from '@elucidate/experiment/plot-points';
import { isMeasured, type WorkPath } from '@elucidate/experiment/plot-work';
import { rows, type Queryable } from '../queryable.js';
import { scoredCells, type FoundCell, type ScoredCells } from './scored-cells.js';
import { measuredWork } from './trial-seconds.js';

export interface ParetoQuestion {
  sweepId: string;
  /** What it costs; by default NFE. */
  by?: WorkPath | undefined;
  /** By default the first that the sweep requests. */
  metric?: string | undefined;
  /** Path -> label. */
  fixed?: Readonly<Record<string, string>> | undefined;
}

/** NFE of configurations, as their sampling stages counted it. */
async function nfeOf(db: Queryable, sweepId: string, { metric, evaluator, n }: ScoredCells): Promise<Map<string, number | null>> {
  const found = await rows<{ cellId: string; nfe: number | null }>(db, `
    select cell_id as "cellId", nfe from cell_estimates where sweep_id = $1 and metric = $2 and evaluator = $3 and images = $4`, [sweepId, metric, evaluator ?? '', n ?? 0]);
  return new Map(found.map(({ cellId, nfe }) => [cellId, nfe]));
}

const labelsOf = ({ place }: FoundCell, axes: ScoredCells['axes']): Record<string, string> => Object.fromEntries(varyingIn(axes).map((key) => {
  const { values, dimension } = axes.get(key)!;
  return [key, labelOf(key, values[place[dimension! - 1] ?? -1] ?? null)];
}));

/**
 * The Pareto front of a metric of a sweep and its cost, over all configurations that have all their trials and a measured cost: of several evaluators or numbers
 * of images, those of the one with the most images. Throws 'not_found' if there is none, 'request.invalid' for more than are compared.
 */
export async function sweepPareto(db: Queryable, { sweepId, by = 'nfe', metric: asked, fixed = {} }: ParetoQuestion): Promise<Pareto> {
  const scored = await scoredCells(db, sweepId, asked);
  const { axes, metric, sweepName } = scored;
  const { title, valueOf } = readerOf(axes, by, '--by');
  const nfe = await nfeOf(db, sweepId, scored);
  const all = scored.cells.map(({ cellId, place }) => ({ cellId, place, nfe: nfe.get(cellId) ?? null, seconds: null, estimate: null, incomparable: false }));
  const selected = selectedCells(all, axes, fixed);
  const { cells, work } = isMeasured(by) ? await measuredWork(db, { sweepId, cells: selected, path: by }) : { cells: selected, work: null };
  const byId = new Map(scored.cells.map((cell) => [cell.cellId, cell]));
  const worked = cells.flatMap((cell): WorkedCell[] => {
    const cost = valueOf(cell);
    const found = byId.get(cell.cellId)!;
    return cost === null ? [] : [{ cell: cell.cellId, labels: labelsOf(found, axes), work: Number(cost), workRange: cell.seconds, trials: found.trials }];
  });
  if (worked.length === 0) throw new ElucidateError('not_found', `Sweep ${sweepId} has no configuration with all its trials of ${metric} and its ${title} known${Object.keys(fixed).length > 0 ? ', with what --fixed says' : ''}; \`elucidate status ${sweepId}\` shows how far it is`);
  const found = paretoOf(metric, worked);
  return { sweepId, sweepName, metric, by, title, fixed, work, left: { incomplete: scored.incomplete, unmeasured: cells.length - worked.length }, basis: scored.basis, ...found };
}

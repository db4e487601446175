import { higherIsBetter } from '@elucidate/experiment/metric-requests';
import { rows, type Queryable } from '../queryable.js';
import type { KeepConditions } from './keep-conditions.js';
import type { Place, Ranking } from './leaderboard-cursor.js';
import type { BoardScope } from './leaderboard-scope.js';

/** A row found: which cell, its rank, and the place of a page that ends with it. */
export interface Found {
  sweepId: string;
  cellId: string;
  rank: number | null;
  place: Place;
}

/** Of an estimate with all its trials, as the indexes have it. */
const complete = 'diverged = 0 and count = trials';

/** What of `cell_estimates` or `ranking_sizes` compares in a ranking: its conditions, and their parameters. */
function comparableIn({ sweepId, owner }: BoardScope, ranking: Ranking): { params: unknown[]; where: string[] } {
  const params: unknown[] = [ranking.metric, ranking.evaluator, ranking.images];
  return {
    params,
    where: [
      'metric = $1 and evaluator = $2 and images = $3',
      ...(sweepId === null ? [] : [`sweep_id = $${params.push(sweepId)}`]),
      ...(sweepId === null && owner !== null ? [`sweep_id = any(array(select id from sweeps where owner = $${params.push(owner)}))`] : []),
    ],
  };
}

export interface RankedQuestion {
  ranking: Ranking;
  after: Extract<Place, { in: 'ranking' }> | null;
  limit: number;
  /** What else a cell has to be, looked up cell by cell in the order of the ranking; by default nothing. */
  conditions?: KeepConditions;
}

/** The next cells of a ranking, best first; those of a ranking of incomplete ones have no rank. */
export async function rankedCells(db: Queryable, scope: BoardScope, { ranking, after, limit, conditions = () => [] }: RankedQuestion): Promise<Found[]> {
  const [order, beyond] = higherIsBetter(ranking.metric) ? ['desc', '<'] : ['asc', '>'];
  const { params, where } = comparableIn(scope, ranking);
  const given = (value: unknown): string => `$${params.push(value)}`;
  where.push('mean is not null', ranking.complete ? complete : `not (${complete})`, ...conditions({ sweepId: 'cell_estimates.sweep_id', cellId: 'cell_estimates.cell_id' }, given));
  if (after !== null) where.push(`(mean, sweep_id, position) ${beyond} (${given(after.mean)}, ${given(after.sweepId)}, ${given(after.position)}::integer)`);
  const found = await rows<{ sweepId: string; cellId: string; position: number; mean: number }>(db, `
    select sweep_id as "sweepId", cell_id as "cellId", position, mean from cell_estimates where ${where.join(' and ')}
    order by mean ${order}, sweep_id ${order}, position ${order} limit ${given(limit)}`, params);
  let [rank, mean] = [after?.rank ?? 0, after?.mean];
  return found.map((row, index) => {
    const shown = (after?.shown ?? 0) + index + 1;
    if (row.mean !== mean) [rank, mean] = [shown, row.mean];
    return { sweepId: row.sweepId, cellId: row.cellId, rank: ranking.complete ? rank : null, place: { in: 'ranking', ...ranking, mean: row.mean, sweepId: row.sweepId, position: row.position, shown, rank } };
  });
}

/** How many cells have all their trials, which are ranked, and how many have not: kept, not counted. */
export async function countRanked(db: Queryable, scope: BoardScope, ranking: Ranking): Promise<{ ranked: number; incomplete: number }> {
  const { params, where } = comparableIn(scope, ranking);
  const [found] = await rows<{ ranked: number; incomplete: number }>(db, `
    select coalesce(sum(cells) filter (where complete), 0)::integer as ranked, coalesce(sum(cells) filter (where not complete), 0)::integer as incomplete
    from ranking_sizes where ${where.join(' and ')}`, params);
  return found!;
}

export interface UnrankedQuestion {
  sweepId: string;
  all: readonly Ranking[];
  after: number;
  limit: number;
  conditions: KeepConditions;
}

/** Cells of one sweep that stand in no ranking. */
export async function unrankedCells(db: Queryable, { sweepId, all, after, limit, conditions }: UnrankedQuestion): Promise<Found[]> {
  const params: unknown[] = [sweepId, after, all.map(({ metric }) => metric), all.map(({ evaluator }) => evaluator), all.map(({ images }) => images), limit];
  const kept = conditions({ sweepId: 'c.sweep_id', cellId: 'c.id' }, (value) => `$${params.push(value)}`).map((condition) => ` and ${condition}`);
  const found = await rows<{ cellId: string; position: number }>(db, `
    select id as "cellId", position from cells c
    where sweep_id = $1 and position > $2 and not exists (
      select from cell_estimates e where e.sweep_id = c.sweep_id and e.cell_id = c.id and e.mean is not null
        and (e.metric, e.evaluator, e.images) in (select * from unnest($3::text[], $4::text[], $5::integer[])))${kept.join('')}
    order by position limit $6`, params);
  return found.map(({ cellId, position }) => ({ sweepId, cellId, rank: null, place: { in: 'unranked', position } }));
}

import { higherIsBetter } from '@elucidate/experiment/metric-requests';
import { rows, type Queryable } from '../queryable.js';
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

/** What of `cell_estimates` a ranking consists of: its conditions, and their parameters. */
function membersOf({ sweepId, owner }: BoardScope, ranking: Ranking): { params: unknown[]; where: string[] } {
  const params: unknown[] = [ranking.metric, ranking.evaluator, ranking.images];
  return {
    params,
    where: [
      'metric = $1 and evaluator = $2 and images = $3 and mean is not null', ranking.complete ? complete : `not (${complete})`,
      ...(sweepId === null ? [] : [`sweep_id = $${params.push(sweepId)}`]),
      ...(sweepId === null && owner !== null ? [`sweep_id = any(array(select id from sweeps where owner = $${params.push(owner)}))`] : []),
    ],
  };
}

export interface RankedQuestion {
  ranking: Ranking;
  after: Extract<Place, { in: 'ranking' }> | null;
  limit: number;
}

/** The next cells of a ranking, best first; those of a ranking of incomplete ones have no rank. */
export async function rankedCells(db: Queryable, scope: BoardScope, { ranking, after, limit }: RankedQuestion): Promise<Found[]> {
  const [order, beyond] = higherIsBetter(ranking.metric) ? ['desc', '<'] : ['asc', '>'];
  const { params, where } = membersOf(scope, ranking);
  const given = (value: unknown): string => `$${params.push(value)}`;
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

/** How many cells a ranking has: counted in its index. */
export async function countRanked(db: Queryable, scope: BoardScope, ranking: Ranking): Promise<number> {
  const { params, where } = membersOf(scope, ranking);
  const [found] = await rows<{ cells: number }>(db, `select count(*)::integer as cells from cell_estimates where ${where.join(' and ')}`, params);
  return found!.cells;
}

export interface UnrankedQuestion {
  sweepId: string;
  all: readonly Ranking[];
  after: number;
  limit: number;
}

/** Cells of one sweep that stand in no ranking. */
export async function unrankedCells(db: Queryable, { sweepId, all, after, limit }: UnrankedQuestion): Promise<Found[]> {
  const found = await rows<{ cellId: string; position: number }>(db, `
    select id as "cellId", position from cells c
    where sweep_id = $1 and position > $2 and not exists (
      select from cell_estimates e where e.sweep_id = c.sweep_id and e.cell_id = c.id and e.mean is not null
        and (e.metric, e.evaluator, e.images) in (select * from unnest($3::text[], $4::text[], $5::integer[])))
    order by position limit $6`, [sweepId, after, all.map(({ metric }) => metric), all.map(({ evaluator }) => evaluator), all.map(({ images }) => images), limit]);
  return found.map(({ cellId, position }) => ({ sweepId, cellId, rank: null, place: { in: 'unranked', position } }));
}

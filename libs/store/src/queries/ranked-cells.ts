import { higherIsBetter } from '@elucidate/experiment/metric-requests';
import { rows, type Queryable } from '../queryable.js';
import { overWholeSweep } from '../whole-sweep.js';
import type { KeepConditions } from './keep-conditions.js';
import type { Place, Ranking, SortedPlace } from './leaderboard-cursor.js';
import type { BoardScope } from './leaderboard-scope.js';
import { sortedValue, type BoardSort } from './leaderboard-sort.js';

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

/** A key as cursors have it, and back: JSON has no infinity. */
const finite = (key: number): number | null => (key === Infinity ? null : key);

export interface SortedQuestion {
  sweepId: string;
  ranking: Ranking;
  sort: BoardSort;
  after: SortedPlace | null;
  limit: number;
  conditions: KeepConditions;
}

/** The next cells of a ranking of one sweep, sorted by something else: those of equal keys best first, those without one last; each with its rank. One pass over the ranking. */
export async function sortedCells(db: Queryable, { sweepId, ranking, sort, after, limit, conditions }: SortedQuestion): Promise<Found[]> {
  const best = higherIsBetter(ranking.metric) ? '-' : '';
  const { params, where } = comparableIn({ sweepId, owner: null }, ranking);
  const given = (value: unknown): string => `$${params.push(value)}`;
  where.push('mean is not null', ranking.complete ? complete : `not (${complete})`, ...conditions({ sweepId: 'cell_estimates.sweep_id', cellId: 'cell_estimates.cell_id' }, given));
  const { key, join } = sortedValue(sort, { from: 'ranked', sweepId, scores: ranking }, given);
  const beyond = after === null ? '' : `where (key, ${best}mean, position) > (${given(after.sorted.key ?? Infinity)}::double precision, ${best}(${given(after.mean)})::double precision, ${given(after.position)}::integer)`;
  const found = await overWholeSweep(db, (scanned) => rows<{ cellId: string; position: number; mean: number; rank: number; key: number }>(scanned, `
    select cell_id as "cellId", position, mean, rank::integer as rank, key from (
      select ranked.*, ${key} as key from (select cell_id, position, mean, nfe, rank() over (order by ${best}mean) as rank from cell_estimates where ${where.join(' and ')}) ranked ${join}) sorted
    ${beyond} order by key, ${best}mean, position limit ${given(limit)}`, params));
  return found.map((row) => ({ sweepId, cellId: row.cellId, rank: ranking.complete ? row.rank : null, place: { in: 'sorted', ...ranking, sorted: { by: sort.name, key: finite(row.key) }, mean: row.mean, position: row.position } }));
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
  after: Extract<Place, { in: 'unranked' }> | null;
  limit: number;
  conditions: KeepConditions;
  /** By default in the order of the grid. */
  sort?: BoardSort | undefined;
}

/** Cells of one sweep that stand in no ranking. */
export async function unrankedCells(db: Queryable, { sweepId, all, after, limit, conditions, sort }: UnrankedQuestion): Promise<Found[]> {
  const params: unknown[] = [sweepId, after?.position ?? -1, all.map(({ metric }) => metric), all.map(({ evaluator }) => evaluator), all.map(({ images }) => images), limit];
  const given = (value: unknown): string => `$${params.push(value)}`;
  const kept = conditions({ sweepId: 'c.sweep_id', cellId: 'c.id' }, given).map((condition) => ` and ${condition}`);
  if (sort !== undefined) return sortedUnranked(db, { sweepId, sort, after, params, kept });
  const found = await rows<{ cellId: string; position: number }>(db, `
    select id as "cellId", position from cells c where sweep_id = $1 and position > $2 and ${inNoRanking}${kept.join('')} order by position limit $6`, params);
  return found.map(({ cellId, position }) => ({ sweepId, cellId, rank: null, place: { in: 'unranked', position } }));
}

/** Of a cell `c` of a sweep that has the rankings $3 to $5. */
const inNoRanking = `not exists (
      select from cell_estimates e where e.sweep_id = c.sweep_id and e.cell_id = c.id and e.mean is not null
        and (e.metric, e.evaluator, e.images) in (select * from unnest($3::text[], $4::text[], $5::integer[])))`;

interface SortedUnranked extends Pick<UnrankedQuestion, 'sweepId' | 'after'> {
  sort: BoardSort;
  params: unknown[];
  kept: readonly string[];
}

/** The same, by what they are sorted by, then in the order of the grid. */
async function sortedUnranked(db: Queryable, { sweepId, after, sort, params, kept }: SortedUnranked): Promise<Found[]> {
  const given = (value: unknown): string => `$${params.push(value)}`;
  const { key, join } = sortedValue(sort, { from: 'unscored', sweepId, scores: null }, given);
  const from = after === null ? '-Infinity' : after.sorted?.key ?? Infinity;
  const found = await overWholeSweep(db, (scanned) => rows<{ cellId: string; position: number; key: number }>(scanned, `
    select cell_id as "cellId", position, key from (
      select unscored.*, ${key} as key from (select id as cell_id, position from cells c where sweep_id = $1 and ${inNoRanking}${kept.join('')}) unscored ${join}) sorted
    where (key, position) > (${given(from)}::double precision, $2::integer) order by key, position limit $6`, params));
  return found.map((row) => ({ sweepId, cellId: row.cellId, rank: null, place: { in: 'unranked', position: row.position, sorted: { by: sort.name, key: finite(row.key) } } }));
}

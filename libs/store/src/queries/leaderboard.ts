import { withoutFixed } from '@elucidate/experiment/leaderboard-pages';
import { higherIsBetter } from '@elucidate/experiment/metric-requests';
import type { Estimate, LeaderboardGroup, LeaderboardPage, LeaderboardRow } from '@elucidate/experiment/tables';
import { visibleOwner } from '../access.js';
import type { Principal } from '../principal.js';
import { rows, type Page, type Queryable } from '../queryable.js';
import { readCursor, writeCursor, type Place, type Ranking } from './leaderboard-cursor.js';
import { rankings, varyingParameters, type BoardScope } from './leaderboard-scope.js';
import { summarise } from './summaries.js';

export interface LeaderboardQuestion extends Page {
  /** Of one sweep; of all that the principal sees if absent. */
  sweepId?: string | undefined;
  /** Key of the metric that ranks; by default the first, in table order, that a group has. */
  metric?: string | undefined;
}

/** A row found: which cell, its rank, and the place of a page that ends with it. */
interface Found {
  sweepId: string;
  cellId: string;
  rank: number | null;
  place: Place;
}

interface Part {
  ranking: Ranking | null;
  found: Found[];
}

/**
 * A page of configurations, best first, grouped by what comparable scores share; then, of one sweep, those without a rank, in the order of the grid.
 * Found by index, whatever the size of the sweep. Ranks count from the first page: results that arrive meanwhile may shift them. Throws 'request.invalid' for a foreign cursor.
 */
export async function leaderboard(db: Queryable, principal: Principal, { sweepId, metric, limit = 50, cursor }: LeaderboardQuestion = {}): Promise<LeaderboardPage> {
  const after = cursor === undefined ? null : readCursor(cursor);
  await summarise(db, sweepId);
  const scope: BoardScope = { sweepId: sweepId ?? null, owner: visibleOwner(principal) };
  const all = await rankings(db, scope, metric);
  const parts: Part[] = [];
  // one more than the page has tells whether there is another
  const room = (): number => limit + 1 - parts.reduce((sum, { found }) => sum + found.length, 0);
  for (const ranking of after === null ? all : rankingsFrom(all, after)) {
    if (room() > 0) parts.push({ ranking, found: await rankedCells(db, scope, { ranking, after: after?.in === 'ranking' && same(ranking, after) ? after : null, limit: room() }) });
  }
  if (sweepId !== undefined && room() > 0) parts.push({ ranking: null, found: await unrankedCells(db, { sweepId, all, after: after?.in === 'unranked' ? after.position : -1, limit: room() }) });
  const next = room() === 0 ? parts.flatMap(({ found }) => found)[limit - 1]!.place : null;
  if (next !== null) parts.at(-1)!.found.pop();
  return withoutFixed({ groups: await groupsOf(db, parts), nextCursor: next && writeCursor(next) }, await varyingParameters(db, sweepId));
}

const same = (a: Ranking, b: Ranking): boolean => a.metric === b.metric && a.evaluator === b.evaluator && a.images === b.images;

/** The rankings from the one on that a page goes on with. */
const rankingsFrom = (all: readonly Ranking[], place: Place): readonly Ranking[] =>
  (place.in === 'unranked' || !all.some((ranking) => same(ranking, place)) ? [] : all.slice(all.findIndex((ranking) => same(ranking, place))));

interface RankedQuestion {
  ranking: Ranking;
  after: Extract<Place, { in: 'ranking' }> | null;
  limit: number;
}

async function rankedCells(db: Queryable, { sweepId, owner }: BoardScope, { ranking, after, limit }: RankedQuestion): Promise<Found[]> {
  const [order, beyond] = higherIsBetter(ranking.metric) ? ['desc', '<'] : ['asc', '>'];
  const params: unknown[] = [ranking.metric, ranking.evaluator, ranking.images, limit];
  const given = (value: unknown): string => `$${params.push(value)}`;
  const where = [
    ...(sweepId === null ? [] : [`sweep_id = ${given(sweepId)}`]),
    ...(sweepId === null && owner !== null ? [`sweep_id = any(array(select id from sweeps where owner = ${given(owner)}))`] : []),
    ...(after === null ? [] : [`(mean, sweep_id, position) ${beyond} (${given(after.mean)}, ${given(after.sweepId)}, ${given(after.position)}::integer)`]),
  ];
  const found = await rows<{ sweepId: string; cellId: string; position: number; mean: number }>(db, `
    select sweep_id as "sweepId", cell_id as "cellId", position, mean from cell_estimates
    where metric = $1 and evaluator = $2 and images = $3 and mean is not null ${where.map((part) => `and ${part}`).join(' ')}
    order by mean ${order}, sweep_id ${order}, position ${order} limit $4`, params);
  let [rank, mean] = [after?.rank ?? 0, after?.mean];
  return found.map((row, index) => {
    const shown = (after?.shown ?? 0) + index + 1;
    if (row.mean !== mean) [rank, mean] = [shown, row.mean];
    return { sweepId: row.sweepId, cellId: row.cellId, rank, place: { in: 'ranking', ...ranking, mean: row.mean, sweepId: row.sweepId, position: row.position, shown, rank } };
  });
}

interface UnrankedQuestion {
  sweepId: string;
  all: readonly Ranking[];
  after: number;
  limit: number;
}

/** Cells of one sweep that stand in no ranking. */
async function unrankedCells(db: Queryable, { sweepId, all, after, limit }: UnrankedQuestion): Promise<Found[]> {
  const found = await rows<{ cellId: string; position: number }>(db, `
    select id as "cellId", position from cells c
    where sweep_id = $1 and position > $2 and not exists (
      select from cell_estimates e where e.sweep_id = c.sweep_id and e.cell_id = c.id and e.mean is not null
        and (e.metric, e.evaluator, e.images) in (select * from unnest($3::text[], $4::text[], $5::integer[])))
    order by position limit $6`, [sweepId, after, all.map(({ metric }) => metric), all.map(({ evaluator }) => evaluator), all.map(({ images }) => images), limit]);
  return found.map(({ cellId, position }) => ({ sweepId, cellId, rank: null, place: { in: 'unranked', position } }));
}

async function groupsOf(db: Queryable, parts: readonly Part[]): Promise<LeaderboardGroup[]> {
  const groups: LeaderboardGroup[] = [];
  for (const { ranking, found } of parts) {
    if (found.length > 0) groups.push({ evaluator: ranking?.evaluator || null, n: ranking?.images || null, metric: ranking?.metric ?? null, rows: await detailed(db, found, ranking) });
  }
  return groups;
}

type Detail = Pick<LeaderboardRow, 'config' | 'nfe' | 'trainSeeds' | 'sampleSeeds' | 'noiseLevelsOutOfRange' | 'evaluator' | 'n'> & { metrics: Record<string, Estimate> };

/** The rows with all their estimates; at most a page of them. */
async function detailed(db: Queryable, found: readonly Found[], ranking: Ranking | null): Promise<LeaderboardRow[]> {
  const details = await rows<Detail>(db, `
    select c.config, coalesce(e.metrics, '{}') as metrics, e.nfe, coalesce(e.train_seeds, '{}') as "trainSeeds", coalesce(e.sample_seeds, '{}') as "sampleSeeds",
      nullif(e.evaluator, '') as evaluator, nullif(e.images, 0) as n,
      (select max(m.value) from trials t join trial_stages sample on sample.trial_id = t.id and sample.role = 'sample'
        join metrics m on m.stage_id = sample.stage_id and m.name = 'noise_levels_out_of_range'
        where t.sweep_id = c.sweep_id and t.cell_id = c.id) as "noiseLevelsOutOfRange"
    from unnest($1::text[], $2::text[]) with ordinality as given(sweep_id, cell_id, place)
    join cells c on c.sweep_id = given.sweep_id and c.id = given.cell_id
    left join lateral (
      select evaluator, images, max(nfe) as nfe, max(train_seeds) as train_seeds, max(sample_seeds) as sample_seeds,
        jsonb_object_agg(metric, jsonb_build_object('mean', mean, 'stddev', stddev, 'min', min, 'max', max, 'count', count, 'diverged', diverged, 'n', n, 'real', "real")) filter (where mean is not null) as metrics
      from cell_estimates where sweep_id = c.sweep_id and cell_id = c.id and ($3::text is null or (evaluator = $3 and images = $4))
      group by evaluator, images order by images desc, evaluator limit 1
    ) e on true
    order by given.place`, [found.map(({ sweepId }) => sweepId), found.map(({ cellId }) => cellId), ranking?.evaluator ?? null, ranking?.images ?? null]);
  return found.map(({ sweepId, cellId, rank }, i) => ({ sweepId, cellId, rank, ...details[i]! }));
}

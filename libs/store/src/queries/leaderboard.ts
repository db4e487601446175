import { ElucidateError } from '@elucidate/experiment/errors';
import { bestMean } from '@elucidate/experiment/leaderboard';
import { byMetricOrder } from '@elucidate/experiment/metric-requests';
import { inParameterOrder } from '@elucidate/experiment/varying-keys';
import type { CsvColumns } from '@elucidate/experiment/render-leaderboard';
import { withoutFixed } from '@elucidate/experiment/leaderboard-pages';
import { stopText } from '@elucidate/experiment/race';
import type { KeepRequest } from '@elucidate/experiment/parallel';
import type { ScoreBasis } from '@elucidate/experiment/score-basis';
import type { Spec } from '@elucidate/experiment/spec';
import type { LeaderboardGroup, LeaderboardPage, LeaderboardRow } from '@elucidate/experiment/tables';
import { visibleOwner } from '../access.js';
import type { Principal } from '../principal.js';
import { rows, type Page, type Queryable } from '../queryable.js';
import { readCursor, writeCursor, type Place, type Ranking } from './leaderboard-cursor.js';
import { leaderboardRows } from './leaderboard-rows.js';
import { rankings, varyingParameters, type BoardScope } from './leaderboard-scope.js';
import { boardSort, type BoardSort, type SortRequest } from './leaderboard-sort.js';
import { keepConditions, type KeepConditions } from './keep-conditions.js';
import { standingsIn } from './leaderboard-standings.js';
import { rankedCells, sortedCells, unrankedCells, type Found } from './ranked-cells.js';
import { scoreBases } from './score-bases.js';
import { summarise } from './summaries.js';

export interface LeaderboardQuestion extends Page {
  /** Of one sweep; of all that the principal sees if absent. */
  sweepId?: string | undefined;
  /** Key of the metric that ranks; by default the first, in table order, that a group has. */
  metric?: string | undefined;
  /** Of one sweep, only what this keeps; ranks are then among those, differences still to the best of all. */
  kept?: KeepRequest | undefined;
  /** Of one sweep, the order within each group, those that are ranked first, in place of that of their ranks; ranks are still by `metric`. */
  sort?: SortRequest | undefined;
}

interface Part {
  ranking: Ranking | null;
  found: Found[];
}

/**
 * A page of configurations, grouped by what comparable scores share: best first those that have all their trials, then, without a rank, those that have not;
 * then, of one sweep, those without a score, in the order of the grid. Each ranked one stands beside the best of its group.
 * Found by index, whatever the size of the sweep; a page that is sorted otherwise is one pass over it. Ranks count from the first page: results that arrive meanwhile may shift them.
 * Throws 'request.invalid' for a foreign cursor, and for a sort by what the sweep does not have.
 */
export async function leaderboard(db: Queryable, principal: Principal, { sweepId, metric, limit = 50, cursor, kept, sort: asked }: LeaderboardQuestion = {}): Promise<LeaderboardPage> {
  const after = cursor === undefined ? null : readCursor(cursor);
  await summarise(db, sweepId);
  const scope: BoardScope = { sweepId: sweepId ?? null, owner: visibleOwner(principal) };
  const all = await rankings(db, scope, metric);
  const conditions = sweepId === undefined || kept === undefined ? () => [] : await keepConditions(db, sweepId, kept);
  const sort = sweepId === undefined || asked === undefined ? undefined : await boardSort(db, sweepId, asked);
  refuseOther(sort, after);
  const parts: Part[] = [];
  // one more than the page has tells whether there is another
  const room = (): number => limit + 1 - parts.reduce((sum, { found }) => sum + found.length, 0);
  for (const ranking of after === null ? all : rankingsFrom(all, after)) {
    if (room() > 0) parts.push({ ranking, found: await partOf(db, scope, { ranking, after, limit: room(), conditions, sort }) });
  }
  if (sweepId !== undefined && room() > 0) parts.push({ ranking: null, found: await unrankedCells(db, { sweepId, all, after: after?.in === 'unranked' ? after : null, limit: room(), conditions, sort }) });
  const next = room() === 0 ? parts.flatMap(({ found }) => found)[limit - 1]!.place : null;
  if (next !== null) parts.at(-1)!.found.pop();
  const groups = await groupsOf(db, scope, parts);
  return withoutFixed({ groups: sweepId === undefined ? groups : await withStops(db, sweepId, groups), nextCursor: next && writeCursor(next) }, await varyingParameters(db, sweepId));
}

/** Throws 'request.invalid' for the cursor of a page that is sorted otherwise. */
function refuseOther(sort: BoardSort | undefined, after: Place | null): void {
  if (after === null) return;
  const before = after.in === 'ranking' ? undefined : after.sorted?.by;
  if (before !== sort?.name) throw new ElucidateError('request.invalid', `The cursor is of a page sorted by ${before ?? 'rank'}, not by ${sort?.name ?? 'rank'}; begin again without a cursor`);
}

interface PartQuestion {
  ranking: Ranking;
  after: Place | null;
  limit: number;
  conditions: KeepConditions;
  sort: BoardSort | undefined;
}

/** The next cells of a ranking, in its own order or another. */
async function partOf(db: Queryable, scope: BoardScope, { after, sort, ...question }: PartQuestion): Promise<Found[]> {
  const { ranking } = question;
  if (sort !== undefined && scope.sweepId !== null) return sortedCells(db, { ...question, sweepId: scope.sweepId, sort, after: after?.in === 'sorted' && same(ranking, after) ? after : null });
  return rankedCells(db, scope, { ...question, after: after?.in === 'ranking' && same(ranking, after) ? after : null });
}

/** Rows that are read at a time where all are read. */
const rowsAtOnce = 500;

export type WholeQuestion = Pick<LeaderboardQuestion, 'metric' | 'kept'> & { sweepId: string };

/** All groups of a sweep's leaderboard, page by page; only one page is in memory. */
export async function* wholeLeaderboard(db: Queryable, principal: Principal, question: WholeQuestion): AsyncGenerator<LeaderboardGroup[]> {
  let cursor: string | undefined;
  do {
    const { fixed, groups, nextCursor } = await leaderboard(db, principal, { ...question, limit: rowsAtOnce, cursor });
    yield groups.map((group) => ({ ...group, rows: group.rows.map((row) => ({ ...row, config: { ...fixed, ...row.config } })) }));
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined);
}

/** What the rows of a sweep's leaderboard can differ in: what it varies, and the metrics that it has scores of. */
export async function leaderboardColumns(db: Queryable, sweepId: string): Promise<CsvColumns> {
  await summarise(db, sweepId);
  const varying = await varyingParameters(db, sweepId);
  const found = await rows<{ metric: string }>(db, 'select distinct metric from score_groups where sweep_id = $1', [sweepId]);
  return { keys: inParameterOrder([...varying]), metrics: found.map(({ metric }) => metric).sort(byMetricOrder) };
}

/** In a race, a row that was stopped says so. */
async function withStops(db: Queryable, sweepId: string, groups: LeaderboardGroup[]): Promise<LeaderboardGroup[]> {
  const [raced] = await rows<{ spec: Spec }>(db, `select spec from sweeps where id = $1 and spec ? 'race'`, [sweepId]);
  if (raced === undefined) return groups;
  const said = (row: LeaderboardRow): LeaderboardRow => {
    const stopped = row.rank === null ? stopText(raced.spec, row.config) : null;
    return stopped === null ? row : { ...row, notRanked: stopped };
  };
  return groups.map((group) => ({ ...group, rows: group.rows.map(said) }));
}

const comparable = (a: Ranking, b: Ranking): boolean => a.metric === b.metric && a.evaluator === b.evaluator && a.images === b.images;
const same = (a: Ranking, b: Ranking): boolean => comparable(a, b) && a.complete === b.complete;

/** The rankings from the one on that a page goes on with. */
const rankingsFrom = (all: readonly Ranking[], place: Place): readonly Ranking[] =>
  (place.in === 'unranked' || !all.some((ranking) => same(ranking, place)) ? [] : all.slice(all.findIndex((ranking) => same(ranking, place))));

/** The complete and the incomplete cells of what compares are one group. */
async function groupsOf(db: Queryable, scope: BoardScope, parts: readonly Part[]): Promise<LeaderboardGroup[]> {
  const groups: LeaderboardGroup[] = [];
  let last: Ranking | null = null;
  for (const { ranking, found } of parts) {
    if (found.length === 0) continue;
    const rows = await leaderboardRows(db, found, ranking);
    if (ranking !== null && last !== null && comparable(ranking, last)) groups.at(-1)!.rows.push(...rows);
    else groups.push({ evaluator: ranking?.evaluator || null, n: ranking?.images || null, metric: ranking?.metric ?? null, bases: await basesOf(db, ranking, rows), ...(await standing(db, scope, { ranking, rows })) });
    last = ranking;
  }
  return groups;
}

/** What the scores of these rows, which compare, rest on. */
async function basesOf(db: Queryable, ranking: Ranking | null, rows: readonly LeaderboardRow[]): Promise<ScoreBasis[]> {
  const [first] = rows;
  if (ranking === null || first === undefined) return [];
  return scoreBases(db, { ...ranking, sweepId: first.sweepId, cellId: first.cellId }, (metric) => bestMean(metric, rows.map(({ metrics }) => metrics[metric])));
}

/** Rows with their standing, and how the best was chosen. */
async function standing(db: Queryable, scope: BoardScope, { ranking, rows }: { ranking: Ranking | null; rows: LeaderboardRow[] }): Promise<Pick<LeaderboardGroup, 'rows' | 'choice'>> {
  if (ranking === null) return { rows };
  const { choice, of } = await standingsIn(db, scope, { ranking, shown: rows });
  return {
    rows: rows.map((row) => {
      const own = row.rank === null ? undefined : of(row);
      return own === undefined ? row : { ...row, standing: own };
    }),
    choice,
  };
}

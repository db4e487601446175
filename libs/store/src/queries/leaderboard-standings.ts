import { compared, type Compared } from '@elucidate/experiment/confidence';
import type { Choice, LeaderboardRow, Standing } from '@elucidate/experiment/tables';
import type { Queryable } from '../queryable.js';
import { cellTrials } from './cell-trials.js';
import type { Ranking } from './leaderboard-cursor.js';
import type { BoardScope } from './leaderboard-scope.js';
import { countRanked, rankedCells } from './ranked-cells.js';

/** Up to so many configurations all are compared with the best, for Holm's correction; of more, those shown, by Bonferroni's, which needs no other. */
export const comparedAtMost = 200;

interface Cell {
  sweepId: string;
  cellId: string;
}

const keyOf = ({ sweepId, cellId }: Cell): string => `${sweepId} ${cellId}`;

export interface Standings {
  choice: Choice;
  of(row: Cell): Standing | undefined;
}

/** How the rows of a ranking stand to its best. Reads the trials of these rows and the best, or of all of a small ranking: bounded, whatever the size of the sweep. */
export async function standingsIn(db: Queryable, scope: BoardScope, { ranking, shown }: { ranking: Ranking; shown: readonly LeaderboardRow[] }): Promise<Standings> {
  const { ranked: among, incomplete } = await countRanked(db, scope, ranking);
  const all = among <= comparedAtMost;
  const first = await rankedCells(db, scope, { ranking: { ...ranking, complete: true }, after: null, limit: all ? comparedAtMost : 2 });
  const cells = [...new Map([...first, ...(all ? [] : shown.filter(({ rank }) => rank !== null))].map((cell) => [keyOf(cell), { sweepId: cell.sweepId, cellId: cell.cellId }])).values()];
  const correction = all ? 'Holm' : 'Bonferroni';
  const found = await comparedCells(db, cells, { ranking, correction, comparisons: among - 1 });
  const places = new Map(found.cells.map((cell, place) => [keyOf(cell), place]));
  const { standings, runnerUp } = found.compared ?? { standings: [], runnerUp: null };
  return {
    choice: { among, incomplete, correction, group: all ? standings.filter(({ apart }) => !apart).length : null, runnerUp },
    of: (row) => standings[places.get(keyOf(row)) ?? -1],
  };
}

interface Comparison {
  ranking: Ranking;
  correction: Choice['correction'];
  comparisons: number;
}

/** The cells that have trials, compared with the best of them; null if none has. */
async function comparedCells(db: Queryable, cells: readonly Cell[], { ranking: { metric, evaluator, images }, correction, comparisons }: Comparison): Promise<{ cells: Cell[]; compared: Compared | null }> {
  const trials = (await cellTrials(db, cells.map((cell) => ({ ...cell, evaluator, images })), metric)).map((of) => of.get(metric) ?? []);
  const some = cells.filter((_, i) => trials[i]!.length > 0);
  return { cells: some, compared: some.length === 0 ? null : compared(metric, trials.filter((own) => own.length > 0), { correction, comparisons }) };
}

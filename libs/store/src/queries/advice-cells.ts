import type { Scored } from '@elucidate/experiment/advice';
import type { ScoreBasis } from '@elucidate/experiment/score-basis';
import { meanOf } from '@elucidate/statistics/trial';
import { rows, type Queryable } from '../queryable.js';
import { cellTrials } from './cell-trials.js';
import { comparableScores } from './comparable-scores.js';
import type { Ranking } from './leaderboard-cursor.js';
import { rankings, type BoardScope } from './leaderboard-scope.js';
import { rankedCells } from './ranked-cells.js';
import { basisOfScores } from './score-bases.js';
import { summarise } from './summaries.js';

/** Configurations of each kind that are looked at: those with all trials, and those with fewer seeds than others. */
const mostCells = 200;

export interface AdviceCells {
  ranking: Ranking;
  /** Best first: those with the most seeds, then those with fewer, none of which diverged or is trained less. */
  cells: Scored[];
  /** What their scores rest on. */
  basis: ScoreBasis | null;
}

/** The configurations of a sweep that may be its best, with their trials; null where none has all its trials. Bounded, whatever the size of the sweep. */
export async function adviceCells(db: Queryable, sweepId: string, metric: string | undefined): Promise<AdviceCells | null> {
  await summarise(db, sweepId);
  const scope: BoardScope = { sweepId, owner: null };
  const all = await rankings(db, scope, metric);
  for (const ranking of all.filter(({ complete }) => complete)) {
    const complete = await rankedCells(db, scope, { ranking, after: null, limit: mostCells });
    if (complete.length === 0) continue;
    const fewer = await rankedCells(db, scope, { ranking: { ...ranking, complete: false }, after: null, limit: mostCells });
    const ids = [...complete, ...fewer].map(({ cellId }) => cellId);
    const cells = await withTrials(db, { sweepId, ranking, ids });
    return { ranking, cells, basis: await basisOf(db, { sweepId, ranking, best: cells[0] }) };
  }
  return null;
}

async function basisOf(db: Queryable, { sweepId, ranking: { metric, evaluator, images }, best }: { sweepId: string; ranking: Ranking; best: Scored | undefined }): Promise<ScoreBasis | null> {
  if (best === undefined) return null;
  const comparable = await comparableScores(db, { sweepId, metric, scores: { n: images, evaluator } });
  return comparable && basisOfScores(db, comparable, { sweepId, cellId: best.cellId, best: meanOf(best.trials.map(({ value }) => value)) });
}

async function withTrials(db: Queryable, { sweepId, ranking: { metric, evaluator, images }, ids }: { sweepId: string; ranking: Ranking; ids: readonly string[] }): Promise<Scored[]> {
  const known = await rows<{ id: string; config: Record<string, unknown>; out: boolean }>(db, `
    select c.id, c.config, coalesce((select e.diverged > 0 or e.trials = 0 from cell_estimates e where e.sweep_id = c.sweep_id and e.cell_id = c.id and e.metric = $3 and e.evaluator = $4 and e.images = $5), false) as out
    from cells c where c.sweep_id = $1 and c.id = any($2)`, [sweepId, ids, metric, evaluator, images]);
  const byId = new Map(known.map((cell) => [cell.id, cell]));
  const trials = await cellTrials(db, ids.map((cellId) => ({ sweepId, cellId, evaluator, images })), metric);
  return ids.flatMap((cellId, place) => {
    const cell = byId.get(cellId);
    const own = trials[place]!.get(metric) ?? [];
    return cell === undefined || cell.out || own.length === 0 ? [] : [{ cellId, config: cell.config, trials: own }];
  });
}

import { compared, confidenceOf } from '@elucidate/experiment/confidence';
import { isComplete } from '@elucidate/experiment/leaderboard';
import type { AblationTable, Estimate, Standing } from '@elucidate/experiment/tables';
import type { Trial } from '@elucidate/statistics/trial';
import type { Queryable } from '../queryable.js';
import type { Entry } from './ablation-axes.js';
import { cellTrials, mostTrialCells } from './cell-trials.js';
import type { ComparableScores } from './comparable-scores.js';

interface Question {
  sweepId: string;
  metric: string;
  scores: ComparableScores | null;
  /** [row][column]. */
  entries: readonly (readonly (Entry | undefined)[])[];
}

/** The estimates of a table with how sure they are, and how each complete one stands to the best of its column. */
export async function withStandings(db: Queryable, { sweepId, metric, scores, entries }: Question): Promise<Pick<AblationTable, 'cells' | 'standings'>> {
  const scored = entries.flat().filter((entry): entry is Entry & { estimate: Estimate } => entry?.estimate != null);
  const plain = entries.map((line) => line.map((entry) => entry?.estimate ?? null));
  if (scores === null || scored.length > mostTrialCells) return { cells: plain };
  const trials = await cellTrials(db, scored.map(({ cellId }) => ({ sweepId, cellId, evaluator: scores.evaluator, images: scores.images })), metric);
  const byCell = new Map(scored.map(({ cellId }, i) => [cellId, trials[i]!.get(metric) ?? []]));
  const trialsOf = (entry: Entry | undefined): readonly Trial[] => (entry === undefined ? [] : byCell.get(entry.cellId) ?? []);
  const cells = entries.map((line) => line.map((entry) => {
    const own = trialsOf(entry);
    return entry?.estimate == null ? null : own.length === 0 ? entry.estimate : { ...entry.estimate, confidence: confidenceOf(metric, own) };
  }));
  const columns = (entries[0] ?? []).map((_, column) => columnStandings(metric, entries.map((line) => line[column]), trialsOf));
  return { cells, standings: entries.map((_, row) => columns.map((standings) => standings[row] ?? null)) };
}

/** One column: its complete entries beside the best of them; null for the others. */
function columnStandings(metric: string, column: readonly (Entry | undefined)[], trialsOf: (entry: Entry | undefined) => readonly Trial[]): (Standing | null)[] {
  const complete = column.map((entry) => entry?.estimate != null && isComplete(entry.estimate) && trialsOf(entry).length > 0);
  const members = column.filter((_, row) => complete[row]);
  const standings = members.length === 0 ? [] : compared(metric, members.map(trialsOf)).standings;
  let next = 0;
  return complete.map((is) => (is ? standings[next++]! : null));
}

import { compared, confidenceOf } from '@elucidate/experiment/confidence';
import { isComplete } from '@elucidate/experiment/leaderboard';
import type { AblationTable, Estimate, Standing } from '@elucidate/experiment/tables';
import type { Trial } from '@elucidate/statistics/trial';
import type { Queryable } from '../queryable.js';
import type { Entry } from './ablation-axes.js';
import { cellTrials } from './cell-trials.js';

/** Entries of a table of which single trials are read; a larger one has means and deviations only. */
const mostEntries = 2000;

interface Question {
  sweepId: string;
  metric: string;
  /** [row][column]. */
  entries: readonly (readonly (Entry | undefined)[])[];
}

/** The estimates of a table with how sure they are, and how each complete one stands to the best of its column, if all of these compare. */
export async function withStandings(db: Queryable, { sweepId, metric, entries }: Question): Promise<Pick<AblationTable, 'cells' | 'standings'>> {
  const scored = entries.flat().filter((entry): entry is Entry & { estimate: Estimate } => entry?.estimate != null);
  const plain = entries.map((line) => line.map((entry) => entry?.estimate ?? null));
  if (scored.length > mostEntries) return { cells: plain };
  const trials = await cellTrials(db, scored.map(({ cellId, evaluator, images }) => ({ sweepId, cellId, evaluator: evaluator ?? '', images: images ?? 0 })), metric);
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
  // scores of two evaluators, or of two numbers of images, do not compare
  if (new Set(members.map((entry) => `${entry!.evaluator} ${entry!.images}`)).size > 1) return complete.map(() => null);
  const standings = members.length === 0 ? [] : compared(metric, members.map(trialsOf)).standings;
  let next = 0;
  return complete.map((is) => (is ? standings[next++]! : null));
}

import { jsonOf } from './printable.js';
import type { Scalar } from './raw-columns.js';
import { csvRecord } from './table-text.js';

/** One trial, column by column. */
export type TrialRecord = Readonly<Record<string, Scalar>>;

export type ColumnType = 'string' | 'number' | 'boolean';

/** A page of a sweep's trials, in the order of its grid and its seeds. */
export interface TrialsPage {
  /** The columns, the same on every page: the cell, what the sweep varies, seeds, state, scores, stages. */
  columns: readonly string[];
  /** What a column holds; any value may be null. */
  types: Readonly<Record<string, ColumnType>>;
  trials: readonly TrialRecord[];
  /** null on the last page. */
  nextCursor: string | null;
}

/** The columns of a sweep's trials, given the paths that it varies and the keys of its metrics. With `levels`: those that were chosen for a trial's network, as a list that a sweep file takes. */
export const trialColumns = (paths: readonly string[], metrics: readonly string[], { levels = false } = {}): string[] => [
  'cell', ...paths, 'train_seed', 'sample_seed', 'state',
  ...metrics.flatMap((metric) => [metric, `${metric}_real`]),
  'diverged', 'n', 'evaluator', 'nfe', 'noise_levels_out_of_range', ...(levels ? ['levels'] : []), 'loss', 'train_stage', 'sample_stage', 'score_stage',
];

/** Columns other than parameters, and those of metrics, that hold no numbers. */
const notNumbers: Readonly<Record<string, ColumnType>> = { cell: 'string', state: 'string', diverged: 'boolean', evaluator: 'string', levels: 'string', train_stage: 'string', sample_stage: 'string', score_stage: 'string' };

/** What a column holds, given the values of the parameter it is of; several kinds of value are held as text. */
export function columnType(column: string, values: readonly Scalar[] = []): ColumnType {
  const kinds = new Set(values.filter((value) => value !== null).map((value) => typeof value as ColumnType));
  if (kinds.size > 1) return 'string';
  return [...kinds][0] ?? notNumbers[column] ?? 'number';
}

/** As CSV (RFC 4180) with a header; a number that a diverged trial has in place of a score is NaN. */
export async function* trialsCsv(pages: AsyncIterable<TrialsPage>): AsyncGenerator<string> {
  let first = true;
  for await (const { columns, trials } of pages) {
    const lines = trials.map((trial) => csvRecord(columns.map((column) => trial[column] ?? null)));
    yield [...(first ? [csvRecord(columns)] : []), ...lines].map((line) => `${line}\r\n`).join('');
    first = false;
  }
}

/** As JSON, one trial a line; NaN is null, and `diverged` says so. */
export async function* trialsNdjson(pages: AsyncIterable<TrialsPage>): AsyncGenerator<string> {
  for await (const { trials } of pages) yield trials.map((trial) => `${jsonOf(trial, 0)}\n`).join('');
}

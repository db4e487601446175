import { basesText } from './basis-words.js';
import { absent, digits, numberCell, shortId } from './estimate-text.js';
import { isMetricKey } from './metric-requests.js';
import type { Scalar } from './raw-columns.js';
import type { ScoreBasis } from './score-basis.js';
import { markdownTable, type TextCell } from './table-text.js';
import type { TrialRecord, TrialsPage } from './trials.js';

/** Columns that a terminal does without. */
const quiet = new Set(['diverged', 'noise_levels_out_of_range', 'levels']);
/** Columns that a terminal does without where all scores agree: those of two evaluators, or of two n, do not compare. */
const shared = new Set(['n', 'evaluator']);
const ids = new Set(['cell', 'evaluator', 'train_stage', 'sample_stage', 'score_stage']);

const differ = (column: string, trials: readonly TrialRecord[]): boolean => new Set(trials.flatMap((trial) => trial[column] ?? [])).size > 1;

function cellOf(column: string, value: Scalar): TextCell {
  if (ids.has(column) && typeof value === 'string') return { text: shortId(value) };
  if (isMetricKey(column) && typeof value === 'number') return numberCell(digits(column, value));
  if (column === 'loss' && typeof value === 'number') return numberCell(value.toPrecision(4));
  return typeof value === 'number' ? numberCell(String(value)) : { text: value === null ? absent : String(value) };
}

/** Whether a member of a part is worth a column beside the kind of that part: some kind is there with several values of it. */
function distinguishes(column: string, trials: readonly TrialRecord[]): boolean {
  const kind = `${column.split('.')[0]!}.kind`;
  if (column === kind || trials[0]?.[kind] === undefined) return true;
  const values = new Map<Scalar, Set<Scalar>>();
  for (const trial of trials) values.set(trial[kind]!, (values.get(trial[kind]!) ?? new Set()).add(trial[column] ?? null));
  return [...values.values()].some(({ size }) => size > 1);
}

/** The columns of which some trial has something to say: a baseline is the same for all, and a state is one only where it is not done. */
const shownColumns = (columns: readonly string[], trials: readonly TrialRecord[]): string[] => columns.filter((column) =>
  !quiet.has(column) && (!shared.has(column) || differ(column, trials)) && distinguishes(column, trials) && !column.endsWith('_real') && (column !== 'state' || trials.some(({ state }) => state !== 'done')) && trials.some((trial) => trial[column] !== null));

export interface TrialsContext {
  sweepId: string;
  /** There are others. */
  more: boolean;
  /** What the scores rest on. */
  bases: readonly ScoreBasis[];
}

/** Trials as a table for a terminal, ids by their first 8 digits. */
export function renderTrials({ columns, trials }: Pick<TrialsPage, 'columns' | 'trials'>, { sweepId, more, bases }: TrialsContext): string {
  const shown = shownColumns(columns, trials);
  const words = shown.findIndex((column) => isMetricKey(column));
  return markdownTable({
    header: shown.map((column) => column.replace('_stage', '').replace('_', ' ')),
    rows: trials.map((trial) => shown.map((column) => cellOf(column, trial[column] ?? null))),
    textColumns: words < 0 ? shown.length : words,
    caption: `${more ? `The first ${trials.length} trials` : `${trials.length} ${trials.length === 1 ? 'trial' : 'trials'}`} of sweep ${sweepId}, one a line; train, sample and score are stages. \`elucidate show CELL\` has all of a configuration, --csv all columns.${bases.length === 0 ? '' : ` ${basesText(bases)}`}`,
  });
}

import { absent, estimateCell, estimateText, spreadText } from './estimate-text.js';
import { choicesText, notable } from './labels.js';
import { incompleteText } from './leaderboard.js';
import { higherIsBetter, metricTitle } from './metric-requests.js';
import { basesText, weakText } from './basis-words.js';
import { standingFields } from './standing-fields.js';
import { csvRecord, renderText } from './table-text.js';
import type { TableFormat, TextCell, TextTable } from './table-text.js';
import type { AblationTable, Estimate } from './tables.js';

/** "Fixed: sampler heun, steps 10; others at their defaults."; "" if there is nothing to mention. */
export function fixedText({ fixed, choices }: Pick<AblationTable, 'fixed' | 'choices'>): string {
  const text = Object.entries(notable(fixed, choices)).map(([name, label]) => `${name} ${label}`).join(', ');
  return text === '' ? '' : `Fixed: ${text}; others at their defaults.`;
}

/** A table of one column has nothing to compare across: its column shows the metric, and what the axis is at is said below. */
export const tableAxes = ({ metric, rowAxis, columnAxis, columns }: AblationTable): { corner: string; columns: readonly string[]; by: string; at: string } => (columns.length > 1
  ? { corner: `${rowAxis} / ${columnAxis}`, columns, by: `${rowAxis} and ${columnAxis}`, at: '' }
  : { corner: rowAxis, columns: columns.map(() => metricTitle(metric)), by: rowAxis, at: columns.map((label) => `At ${columnAxis} ${label}.`).join('') });

/** The entries of a column that cannot be told apart from its best; none in a column in which nothing can be told apart. */
export function inColumnGroup({ standings }: Pick<AblationTable, 'standings'>, row: number, column: number): boolean {
  const apart = (standings ?? []).some((line) => line[column]?.apart === true);
  const own = standings?.[row]?.[column];
  return apart && own != null && !own.apart;
}

/** What is in bold, and why nothing is. */
export function boldText(table: AblationTable): string {
  const { rows, columns, standings } = table;
  if (rows.length < 2) return '';
  if (standings === undefined || standings.flat().every((standing) => standing === null)) return 'Nothing is in bold: entries were not compared.';
  const each = columns.length > 1 ? 'each column' : 'the column';
  const any = rows.some((_, row) => columns.some((__, column) => inColumnGroup(table, row, column)));
  return any ? `In bold: what cannot be told apart from the best of ${each} (paired differences at the same seeds, Holm, 5 %).` : `Nothing is in bold: ${columns.length > 1 ? 'in no column can anything' : 'nothing can'} be told apart from the best (paired differences at the same seeds, Holm, 5 %).`;
}

/** Why an entry is not compared with the others, or has no score; a plain "-" for one that has none yet. */
const noteOf = (estimate: Estimate | null, lost: string | null | undefined): { note?: string } => {
  const note = estimate === null ? lost ?? undefined : incompleteText(estimate);
  return note === undefined ? {} : { note };
};

/** An entry as plain text: "12.31 [11.20, 13.42] (2 of 3 trials)", "- (3 of 3 diverged)". */
export function entryText({ metric, cells, lost }: Pick<AblationTable, 'metric' | 'cells' | 'lost'>, row: number, column: number): string {
  const estimate = cells[row]?.[column] ?? null;
  const { note } = noteOf(estimate, lost?.[row]?.[column]);
  return `${estimateText(metric, estimate)}${note === undefined ? '' : ` (${note})`}`;
}

function caption(table: AblationTable): string {
  const { metric, choices, basis, sweepId } = table;
  const others = choicesText(choices);
  const { by, at } = tableAxes(table);
  return [
    `${metricTitle(metric)} by ${by}: ${spreadText(table.cells.flat())}, ${higherIsBetter(metric) ? 'higher' : 'lower'} is better.`,
    boldText(table),
    basis === null ? `n = ${absent}: none of these has a score.` : basesText([basis]),
    at,
    fixedText(table),
    others === '' ? '' : `Other tables: ${others}.`,
    `Sweep ${sweepId}.`,
  ].filter((part) => part !== '').join(' ');
}

function ablationText(table: AblationTable): TextTable {
  const { metric, cells } = table;
  const row = (label: string, index: number): TextCell[] => [
    { text: label },
    ...table.columns.map((_, column) => {
      const estimate = cells[index]?.[column] ?? null;
      return { ...estimateCell(metric, estimate, inColumnGroup(table, index, column)), ...noteOf(estimate, table.lost?.[index]?.[column]) };
    }),
  ];
  const { corner, columns } = tableAxes(table);
  return {
    header: [corner, ...columns],
    rows: table.rows.map(row),
    textColumns: 1,
    caption: caption(table),
  };
}

/** One record per cell, so that a data frame can read it directly. */
function ablationCsv(table: AblationTable): string {
  const header = [table.rowAxis, table.columnAxis, 'metric', 'mean', 'low', 'high', 'stddev', 'min', 'max', 'training_runs', 'samples', 'count', 'trials', 'diverged', 'difference', 'difference_low', 'difference_high', 'p', 'apart', 'n', 'evaluator', 'real', 'basis', 'weak'];
  const shared = [table.n, table.evaluator, table.real, table.basis?.words ?? null, table.basis && weakText([table.basis])];
  const records = table.rows.flatMap((row, r) => table.columns.map((column, c) => {
    const { mean = null, stddev = null, min = null, max = null, count = 0, diverged = 0, trials = null, confidence } = table.cells[r]?.[c] ?? {};
    const standing = table.standings?.[r]?.[c];
    return csvRecord([row, column, table.metric, mean, confidence?.interval?.low ?? null, confidence?.interval?.high ?? null, stddev, min, max, confidence?.trainingRuns ?? null, confidence?.samples ?? null, count, trials, diverged, ...standingFields(standing), ...shared]);
  }));
  return `${[csvRecord(header), ...records].join('\r\n')}\r\n`;
}

/** Ablation tables as text, one below the other. CSV is in long form (one record per cell); JSON is the first table itself, whose basis says which others there are. */
export const renderAblations = (tables: readonly [AblationTable, ...AblationTable[]], format: TableFormat): string =>
  renderText(format, { json: tables[0], csv: () => tables.map(ablationCsv).map((text, i) => (i === 0 ? text : text.slice(text.indexOf('\n') + 1))).join(''), tables: () => tables.map(ablationText) });

/** One ablation table as text. */
export const renderAblation = (table: AblationTable, format: TableFormat): string => renderAblations([table], format);

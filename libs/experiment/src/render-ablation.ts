import { absent, digits, estimateCell, shortId } from './estimate-text.js';
import { choicesText, notable } from './labels.js';
import { bestMean } from './leaderboard.js';
import { higherIsBetter, metricTitle } from './metric-requests.js';
import { csvRecord, renderText } from './table-text.js';
import type { TableFormat, TextCell, TextTable } from './table-text.js';
import type { AblationTable } from './tables.js';

/** "Fixed: sampler heun, steps 10; others at their defaults."; "" if there is nothing to mention. */
export function fixedText({ fixed, choices }: Pick<AblationTable, 'fixed' | 'choices'>): string {
  const text = Object.entries(notable(fixed, choices)).map(([name, label]) => `${name} ${label}`).join(', ');
  return text === '' ? '' : `Fixed: ${text}; others at their defaults.`;
}

/** A table of one column has nothing to compare across: its column shows the metric, and what the axis is at is said below. */
export const tableAxes = ({ metric, rowAxis, columnAxis, columns }: AblationTable): { corner: string; columns: readonly string[]; by: string; at: string } => (columns.length > 1
  ? { corner: `${rowAxis} / ${columnAxis}`, columns, by: `${rowAxis} and ${columnAxis}`, at: '' }
  : { corner: rowAxis, columns: columns.map(() => metricTitle(metric)), by: rowAxis, at: columns.map((label) => `At ${columnAxis} ${label}.`).join('') });

function caption(table: AblationTable): string {
  const { metric, n, evaluators, choices, real, sweepId } = table;
  const others = choicesText(choices);
  const { by, at } = tableAxes(table);
  return [
    `${metricTitle(metric)} by ${by}: mean ± standard deviation over seeds, ${higherIsBetter(metric) ? 'higher' : 'lower'} is better, best of each column in bold.`,
    `n = ${n ?? absent} images, evaluator ${evaluators.map(shortId).join(', ') || absent}, real-data baseline ${digits(metric, real)}.`,
    at,
    fixedText(table),
    others === '' ? '' : `Other tables: ${others}.`,
    `Sweep ${sweepId}.`,
  ].filter((part) => part !== '').join(' ');
}

/** Why numbers of several evaluators must not be compared; nothing if there is only one. */
function evaluatorWarning(evaluators: readonly string[]): { warning?: string } {
  if (evaluators.length < 2) return {};
  return { warning: `these numbers come from ${evaluators.length} evaluators (${evaluators.map(shortId).join(', ')}) and are not comparable.` };
}

function ablationText(table: AblationTable): TextTable {
  const { metric, cells } = table;
  const best = table.evaluators.length > 1 ? [] : table.columns.map((_, column) => bestMean(metric, cells.map((row) => row[column])));
  const row = (label: string, index: number): TextCell[] => [
    { text: label },
    ...table.columns.map((_, column) => {
      const estimate = cells[index]?.[column] ?? null;
      return estimateCell(metric, estimate, estimate !== null && estimate.mean === best[column]);
    }),
  ];
  const { corner, columns } = tableAxes(table);
  return {
    header: [corner, ...columns],
    rows: table.rows.map(row),
    textColumns: 1,
    caption: caption(table),
    ...evaluatorWarning(table.evaluators),
  };
}

/** One record per cell, so that a data frame can read it directly. */
function ablationCsv(table: AblationTable): string {
  const header = [table.rowAxis, table.columnAxis, 'metric', 'mean', 'stddev', 'min', 'max', 'trials', 'n', 'evaluator', 'real', 'comparable'];
  const shared = [table.n, table.evaluators.join(' '), table.real, table.evaluators.length < 2];
  const records = table.rows.flatMap((row, r) => table.columns.map((column, c) => {
    const { mean = null, stddev = null, min = null, max = null, count = 0 } = table.cells[r]?.[c] ?? {};
    return csvRecord([row, column, table.metric, mean, stddev, min, max, count, ...shared]);
  }));
  return `${[csvRecord(header), ...records].join('\r\n')}\r\n`;
}

/** One ablation table as text. CSV is in long form (one record per cell); JSON is the table itself. */
export const renderAblation = (table: AblationTable, format: TableFormat): string =>
  renderText(format, { json: table, csv: () => ablationCsv(table), tables: () => [ablationText(table)] });

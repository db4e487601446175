import { choicesText, labelOf, notable } from './labels.js';
import { csvRecord, latexTable, markdownTable } from './table-text.js';
import type { TextCell, TextTable } from './table-text.js';
import { varyingKeys } from './varying-keys.js';
import type { AblationTable, Estimate, LeaderboardRow, ScoreMetric } from './tables.js';

export const tableFormats = ['json', 'csv', 'markdown', 'latex'] as const;
export type TableFormat = (typeof tableFormats)[number];

const decimals: Readonly<Record<ScoreMetric, number>> = { fid: 2, kid: 4 };
const absent = '-';

function estimateCell(metric: ScoreMetric, estimate: Estimate | null, best = false): TextCell {
  if (estimate === null) return { text: absent };
  const spread = estimate.spread === null ? {} : { spread: estimate.spread.toFixed(decimals[metric]) };
  return { text: estimate.mean.toFixed(decimals[metric]), number: true, ...spread, best };
}

const digits = (metric: ScoreMetric, value: number | null): string => (value === null ? absent : value.toFixed(decimals[metric]));
const numberCell = (text: string): TextCell => ({ text, number: text !== absent });
const shortId = (id: string): string => id.slice(0, 8);
const distinct = <T>(values: readonly (T | null)[]): T[] => [...new Set(values.filter((value) => value !== null))];

/** The smallest mean of each column, FID and KID being distances. */
function bestOfColumns({ cells, columns }: AblationTable): (number | null)[] {
  return columns.map((_, column) => {
    const means = cells.flatMap((row) => row[column]?.mean ?? []);
    return means.length === 0 ? null : Math.min(...means);
  });
}

function evaluatorWarning(evaluators: readonly string[]): { warning?: string } {
  if (evaluators.length < 2) return {};
  return { warning: `these numbers come from ${evaluators.length} evaluators (${evaluators.map(shortId).join(', ')}) and are not comparable.` };
}

function ablationCaption({ metric, rowAxis, columnAxis, n, evaluators, held, choices, floor, sweepId }: AblationTable): string {
  const others = choicesText(choices);
  const fixed = Object.entries(notable(held, choices)).map(([name, label]) => `${name} ${label}`).join(', ');
  return [
    `${metric.toUpperCase()} by ${rowAxis} and ${columnAxis}: mean ± standard deviation over seeds, lower is better, best of each column in bold.`,
    `n = ${n ?? absent} images, evaluator ${evaluators.map(shortId).join(', ') || absent}, real-vs-real floor ${digits(metric, floor)}.`,
    ...(fixed === '' ? [] : [`Held: ${fixed}; the rest by default.`]),
    ...(others === '' ? [] : [`Other tables: ${others}.`]),
    `Sweep ${sweepId}.`,
  ].join(' ');
}

function ablationText(table: AblationTable): TextTable {
  const best = table.evaluators.length > 1 ? [] : bestOfColumns(table);
  const row = (label: string, index: number): TextCell[] => [
    { text: label },
    ...table.columns.map((_, column) => {
      const estimate = table.cells[index]?.[column] ?? null;
      return estimateCell(table.metric, estimate, estimate !== null && estimate.mean === best[column]);
    }),
  ];
  return {
    header: [`${table.rowAxis} / ${table.columnAxis}`, ...table.columns],
    rows: table.rows.map(row),
    textColumns: 1,
    caption: ablationCaption(table),
    ...evaluatorWarning(table.evaluators),
  };
}

/** One record a cell, so that a data frame reads it as it is. */
function ablationCsv(table: AblationTable): string {
  const header = [table.rowAxis, table.columnAxis, 'metric', 'mean', 'spread', 'min', 'trials', 'n', 'evaluator', 'floor', 'comparable'];
  const shared = [table.n, table.evaluators.join(' '), table.floor, table.evaluators.length < 2];
  const records = table.rows.flatMap((row, r) => table.columns.map((column, c) => {
    const { mean = null, spread = null, min = null, count = 0 } = table.cells[r]?.[c] ?? {};
    return csvRecord([row, column, table.metric, mean, spread, min, count, ...shared]);
  }));
  return `${[csvRecord(header), ...records].join('\r\n')}\r\n`;
}

/** One ablation table as text. CSV is long (one record a cell); JSON is the table itself. */
export function renderAblation(table: AblationTable, format: TableFormat): string {
  switch (format) {
    case 'json': return `${JSON.stringify(table, null, 2)}\n`;
    case 'csv': return ablationCsv(table);
    case 'markdown': return markdownTable(ablationText(table));
    case 'latex': return latexTable(ablationText(table));
  }
}

const label = (key: string, value: unknown): string => (value === undefined ? absent : labelOf(key, value));

function leaderboardText(rows: readonly LeaderboardRow[]): TextTable {
  const keys = varyingKeys(rows.map(({ config }) => config));
  const evaluators = distinct(rows.map(({ evaluator }) => evaluator));
  const counts = distinct(rows.map(({ n }) => n));
  const means = rows.flatMap(({ fid }) => fid?.mean ?? []);
  const outside = rows.some(({ levelsOutsideTraining }) => (levelsOutsideTraining ?? 0) > 0);
  const best = evaluators.length > 1 || counts.length > 1 ? null : Math.min(...means);
  return {
    header: ['rank', ...keys, 'FID', 'min', 'KID', 'n', 'NFE', 'train seeds', 'sample seeds', 'evaluator', 'FID floor', 'KID floor', ...(outside ? ['untrained levels'] : [])],
    rows: rows.map((row) => [
      { text: String(row.rank ?? absent) },
      ...keys.map((key) => ({ text: label(key, row.config[key]) })),
      estimateCell('fid', row.fid, row.fid !== null && row.fid.mean === best),
      numberCell(digits('fid', row.fid?.min ?? null)),
      estimateCell('kid', row.kid),
      ...[row.n, row.nfe].map((value) => numberCell(String(value ?? absent))),
      ...[row.trainSeeds, row.sampleSeeds].map((seeds) => ({ text: seeds.join(', ') })),
      { text: row.evaluator === null ? absent : shortId(row.evaluator) },
      numberCell(digits('fid', row.fidFloor)),
      numberCell(digits('kid', row.kidFloor)),
      ...(outside ? [numberCell(String(row.levelsOutsideTraining ?? absent))] : []),
    ]),
    textColumns: 1 + keys.length,
    caption: `Cells by mean FID: mean ± standard deviation over seeds, lower is better; min is the best single trial, the floors are those of n real images against the same reference. Parameters not shown are the same in every row.${outside ? ' Untrained levels: how many levels of the walk lie outside the stretch of sigma that its network was trained on.' : ''}`,
    ...leaderboardWarning(evaluators, counts),
  };
}

function leaderboardWarning(evaluators: readonly string[], counts: readonly number[]): { warning?: string } {
  if (evaluators.length > 1 || counts.length < 2) return evaluatorWarning(evaluators);
  return { warning: `these numbers come from different n (${counts.join(', ')}) and are not comparable.` };
}

function leaderboardCsv(rows: readonly LeaderboardRow[]): string {
  const keys = varyingKeys(rows.map(({ config }) => config));
  const header = ['rank', 'cell', ...keys, 'fid_mean', 'fid_spread', 'fid_min', 'kid_mean', 'kid_spread', 'kid_min', 'trials', 'n', 'nfe', 'train_seeds', 'sample_seeds', 'evaluator', 'fid_floor', 'kid_floor', 'levels_outside_training'];
  const estimate = (value: Estimate | null): (number | null)[] => [value?.mean ?? null, value?.spread ?? null, value?.min ?? null];
  const records = rows.map((row) => csvRecord([
    row.rank, row.cellId, ...keys.map((key) => label(key, row.config[key])), ...estimate(row.fid), ...estimate(row.kid),
    row.fid?.count ?? row.kid?.count ?? 0, row.n, row.nfe, row.trainSeeds.join(' '), row.sampleSeeds.join(' '), row.evaluator, row.fidFloor, row.kidFloor, row.levelsOutsideTraining,
  ]));
  return `${[csvRecord(header), ...records].join('\r\n')}\r\n`;
}

/** A leaderboard as text: only the parameters on which rows differ are shown, except in JSON, which is the rows themselves. */
export function renderLeaderboard(rows: readonly LeaderboardRow[], format: TableFormat): string {
  switch (format) {
    case 'json': return `${JSON.stringify(rows, null, 2)}\n`;
    case 'csv': return leaderboardCsv(rows);
    case 'markdown': return markdownTable(leaderboardText(rows));
    case 'latex': return latexTable(leaderboardText(rows));
  }
}

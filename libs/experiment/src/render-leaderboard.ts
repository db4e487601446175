import { absent, configLabel, digits, estimateCell, numberCell, shortId } from './estimate-text.js';
import { bestMean, bestTrial, metricsIn } from './leaderboard.js';
import { higherIsBetter, metricTitle } from './metric-requests.js';
import { csvRecord, renderText } from './table-text.js';
import type { TableFormat, TextCell, TextTable } from './table-text.js';
import type { Estimate, LeaderboardGroup, LeaderboardPage, LeaderboardRow } from './tables.js';
import { varyingKeys } from './varying-keys.js';

interface Column {
  title: string;
  cell: (row: LeaderboardRow) => TextCell;
}

/** Each metric's mean over seeds; for the ranking metric also the best single trial. */
function metricColumns(ranking: string | null, rows: readonly LeaderboardRow[]): Column[] {
  const best = ranking === null ? null : bestMean(ranking, rows.map(({ metrics }) => metrics[ranking]));
  return metricsIn(rows).flatMap((metric) => {
    const estimates: Column = { title: metricTitle(metric), cell: ({ metrics }) => estimateCell(metric, metrics[metric], metric === ranking && metrics[metric] !== undefined && metrics[metric].mean === best) };
    const trial: Column = { title: 'best', cell: ({ metrics }) => numberCell(digits(metric, metrics[metric] && bestTrial(metric, metrics[metric]))) };
    return metric === ranking ? [estimates, trial] : [estimates];
  });
}

/** The real-data baselines of the metrics that have one. */
const realColumns = (rows: readonly LeaderboardRow[]): Column[] => metricsIn(rows)
  .filter((metric) => rows.some(({ metrics }) => metrics[metric]?.real != null))
  .map((metric) => ({ title: `real ${metricTitle(metric)}`, cell: ({ metrics }) => numberCell(digits(metric, metrics[metric]?.real)) }));

function leaderboardText(groups: readonly LeaderboardGroup[]): TextTable {
  const rows = groups.flatMap((group) => group.rows);
  const ranking = groups[0]?.metric ?? null;
  const keys = varyingKeys(rows.map(({ config }) => config));
  const outside = rows.some(({ noiseLevelsOutOfRange }) => (noiseLevelsOutOfRange ?? 0) > 0);
  const columns: Column[] = [
    { title: 'rank', cell: ({ rank }) => ({ text: String(rank ?? absent) }) },
    ...keys.map((key): Column => ({ title: key, cell: ({ config }) => ({ text: configLabel(key, config[key]) }) })),
    ...metricColumns(ranking, rows),
    { title: 'n', cell: ({ n }) => numberCell(String(n ?? absent)) },
    { title: 'NFE', cell: ({ nfe }) => numberCell(String(nfe ?? absent)) },
    { title: 'train seeds', cell: ({ trainSeeds }) => ({ text: trainSeeds.join(', ') }) },
    { title: 'sample seeds', cell: ({ sampleSeeds }) => ({ text: sampleSeeds.join(', ') }) },
    { title: 'evaluator', cell: ({ evaluator }) => ({ text: evaluator === null ? absent : shortId(evaluator) }) },
    ...realColumns(rows),
    ...(outside ? [{ title: 'out-of-range noise levels', cell: ({ noiseLevelsOutOfRange }: LeaderboardRow) => numberCell(String(noiseLevelsOutOfRange ?? absent)) }] : []),
  ];
  return {
    header: columns.map(({ title }) => title),
    rows: rows.map((row) => columns.map(({ cell }) => cell(row))),
    textColumns: 1 + keys.length,
    caption: caption(ranking, metricsIn(rows), outside),
  };
}

/** What the order of the rows means; the requested metric may be one that the sweep has not computed. */
function orderText(ranking: string | null, metrics: readonly string[]): string {
  if (metrics.length === 0 || ranking === null) return 'Cells; none has been scored yet.';
  if (!metrics.includes(ranking)) return `Not ranked: no cell has ${metricTitle(ranking)}, only ${metrics.map(metricTitle).join(', ')}. Add it to evaluate.metrics and run the file again: only scores are computed.`;
  return `Cells by mean ${metricTitle(ranking)}, ${higherIsBetter(ranking) ? 'higher' : 'lower'} is better: mean ± standard deviation over seeds; best is the best single trial, "real" the same metric of n real images against the same reference.`;
}

const caption = (ranking: string | null, metrics: readonly string[], outside: boolean): string => [
  orderText(ranking, metrics),
  'Parameters not shown are the same in every row.',
  ...(outside ? ['Out-of-range noise levels: how many levels that sampling visits lie outside the range of sigma that the network was trained on.'] : []),
].join(' ');

function leaderboardCsv(rows: readonly LeaderboardRow[]): string {
  const [keys, metrics] = [varyingKeys(rows.map(({ config }) => config)), metricsIn(rows)];
  const fields = ['mean', 'stddev', 'min', 'max', 'real'] as const satisfies (keyof Estimate)[];
  const header = ['rank', 'cell', ...keys, ...metrics.flatMap((metric) => fields.map((field) => `${metric}_${field}`)), 'trials', 'n', 'nfe', 'train_seeds', 'sample_seeds', 'evaluator', 'noise_levels_out_of_range'];
  const records = rows.map((row) => csvRecord([
    row.rank, row.cellId, ...keys.map((key) => configLabel(key, row.config[key])),
    ...metrics.flatMap((metric) => fields.map((field) => row.metrics[metric]?.[field] ?? null)),
    Math.max(0, ...Object.values(row.metrics).map(({ count }) => count)), row.n, row.nfe, row.trainSeeds.join(' '), row.sampleSeeds.join(' '), row.evaluator, row.noiseLevelsOutOfRange,
  ]));
  return `${[csvRecord(header), ...records].join('\r\n')}\r\n`;
}

/** Comparable rows in one table, with those not scored yet; one table per group if there are several. */
function tablesOf(groups: readonly LeaderboardGroup[]): TextTable[] {
  const scored = groups.filter(({ evaluator }) => evaluator !== null);
  return scored.length < 2 ? [leaderboardText(groups)] : groups.map((group) => leaderboardText([group]));
}

/** A leaderboard as text: only the parameters on which rows differ are shown, except in JSON, which is the page itself. */
export const renderLeaderboard = (page: Pick<LeaderboardPage, 'groups'>, format: TableFormat): string =>
  renderText(format, { json: page, csv: () => leaderboardCsv(page.groups.flatMap(({ rows }) => rows)), tables: () => tablesOf(page.groups) });

import { choiceText } from './confidence.js';
import { absent, configLabel, differenceCell, digits, estimateCell, numberCell, seedsText, shortId, spreadText } from './estimate-text.js';
import { metricsIn } from './leaderboard.js';
import { higherIsBetter, metricTitle } from './metric-requests.js';
import { standingFields } from './standing-fields.js';
import { basesText, weakText } from './basis-words.js';
import { csvRecord, narrowed, renderText } from './table-text.js';
import type { TableFormat, TextCell, TextTable } from './table-text.js';
import type { Estimate, LeaderboardGroup, LeaderboardPage, LeaderboardRow } from './tables.js';
import { varyingKeys } from './varying-keys.js';

interface Column {
  title: string;
  cell: (row: LeaderboardRow) => TextCell;
}

/** Whether a row is one of those that cannot be told apart from the best, where others can: of all, or, if not all were compared, of those shown. */
export const inGroup = ({ standing }: LeaderboardRow, { choice, rows }: Pick<LeaderboardGroup, 'choice' | 'rows'>): boolean =>
  standing !== undefined && !standing.apart && choice !== undefined && (choice.group === null ? rows.some((row) => row.standing?.apart) : choice.group !== choice.among);

/** Each metric's mean over seeds; for the ranking metric also the difference to the best, and the best of three. */
function metricColumns(ranking: string | null, groups: readonly LeaderboardGroup[]): Column[] {
  const rows = groups.flatMap((group) => group.rows);
  const best = new Set(groups.flatMap((group) => group.rows.filter((row) => inGroup(row, group))));
  const [compares, threes] = [rows.some(({ standing }) => standing?.toBest), rows.some(({ metrics }) => ranking !== null && metrics[ranking]?.confidence?.bestOfThree != null)];
  return metricsIn(rows).flatMap((metric): Column[] => {
    const estimates: Column = { title: metricTitle(metric), cell: (row) => estimateCell(metric, row.metrics[metric], metric === ranking && best.has(row)) };
    if (metric !== ranking) return [estimates];
    return [
      estimates,
      ...(compares ? [{ title: 'less the best', cell: ({ standing }: LeaderboardRow) => differenceCell(metric, standing?.toBest) }] : []),
      ...(threes ? [{ title: 'best of 3', cell: ({ metrics }: LeaderboardRow) => numberCell(digits(metric, metrics[metric]?.confidence?.bestOfThree)) }] : []),
    ];
  });
}

/** The real-data baselines of the metrics that have one. */
const realColumns = (rows: readonly LeaderboardRow[]): Column[] => metricsIn(rows)
  .filter((metric) => rows.some(({ metrics }) => metrics[metric]?.real != null))
  .map((metric) => ({ title: `real ${metricTitle(metric)}`, cell: ({ metrics }) => numberCell(digits(metric, metrics[metric]?.real)) }));

const sweepsIn = (rows: readonly LeaderboardRow[]): number => new Set(rows.map(({ sweepId }) => sweepId)).size;

function leaderboardText(groups: readonly LeaderboardGroup[]): TextTable {
  const rows = groups.flatMap((group) => group.rows);
  const ranking = groups[0]?.metric ?? null;
  const keys = varyingKeys(rows.map(({ config }) => config));
  const outside = rows.some(({ noiseLevelsOutOfRange }) => (noiseLevelsOutOfRange ?? 0) > 0);
  const columns: Column[] = [
    { title: 'rank', cell: ({ rank }) => ({ text: String(rank ?? absent) }) },
    ...(sweepsIn(rows) > 1 ? [{ title: 'sweep', cell: ({ sweepId }: LeaderboardRow) => ({ text: sweepId }) }] : []),
    ...keys.map((key): Column => ({ title: key, cell: ({ config }) => ({ text: configLabel(key, config[key]) }) })),
    ...metricColumns(ranking, groups),
    ...(rows.some(({ notRanked }) => notRanked !== undefined) ? [{ title: 'not ranked', cell: ({ notRanked }: LeaderboardRow) => ({ text: notRanked ?? '' }) }] : []),
    { title: 'n', cell: ({ n }) => numberCell(String(n ?? absent)) },
    { title: 'NFE', cell: ({ nfe }) => numberCell(String(nfe ?? absent)) },
    { title: 'train x sample seeds', cell: (row) => ({ text: seedsText(row) }) },
    { title: 'evaluator', cell: ({ evaluator }) => ({ text: evaluator === null ? absent : shortId(evaluator) }) },
    ...realColumns(rows),
    ...(outside ? [{ title: 'out-of-range noise levels', cell: ({ noiseLevelsOutOfRange }: LeaderboardRow) => numberCell(String(noiseLevelsOutOfRange ?? absent)) }] : []),
  ];
  return {
    header: columns.map(({ title }) => title),
    rows: rows.map((row) => columns.map(({ cell }) => cell(row))),
    textColumns: (sweepsIn(rows) > 1 ? 2 : 1) + keys.length,
    caption: caption(groups, outside),
  };
}

/** What the order of the rows means; the requested metric may be one that the sweep has not computed. */
function orderText(ranking: string | null, metrics: readonly string[], rows: readonly LeaderboardRow[]): string {
  if (metrics.length === 0 || ranking === null) return 'Cells; none has a score.';
  if (!metrics.includes(ranking)) return `Not ranked: no cell has ${metricTitle(ranking)}, only ${metrics.map(metricTitle).join(', ')}. Add it to evaluate.metrics and run the file again: only scores are computed.`;
  const threes = rows.some(({ metrics: of }) => of[ranking]?.confidence?.bestOfThree != null) ? ' best of 3 is what the best of three trials is on average (EDM reports the lowest of three evaluations of one network);' : '';
  return `Cells by ${metricTitle(ranking)}, ${higherIsBetter(ranking) ? 'higher' : 'lower'} is better: ${spreadText(rows.map(({ metrics: of }) => of[ranking]))};${threes} "real" is the same metric of n real images against the same reference.`;
}

function caption(groups: readonly LeaderboardGroup[], outside: boolean): string {
  const rows = groups.flatMap((group) => group.rows);
  const [ranking, choice] = [groups[0]?.metric ?? null, groups.find((group) => group.choice !== undefined)?.choice];
  const group = rows.some((row) => groups.some((own) => own.rows.includes(row) && inGroup(row, own)));
  return [
    orderText(ranking, metricsIn(rows), rows),
    ...(group ? ['In bold: what cannot be told apart from the best.'] : []),
    ...(choice === undefined || ranking === null ? [] : [choiceText(ranking, choice)]),
    basesText(groups.flatMap(({ bases }) => bases)),
    'Parameters not shown are the same in every row.',
    ...(outside ? ['Out-of-range noise levels: how many levels that sampling visits lie outside the range of sigma that the network was trained on.'] : []),
  ].filter((part) => part !== '').join(' ');
}

/** The columns of a metric: mean, its 95 % interval, and what the trials are. */
const estimateFields: Readonly<Record<string, (estimate: Estimate) => number | null>> = {
  mean: ({ mean }) => mean,
  low: ({ confidence }) => confidence?.interval?.low ?? null,
  high: ({ confidence }) => confidence?.interval?.high ?? null,
  stddev: ({ stddev }) => stddev,
  min: ({ min }) => min,
  max: ({ max }) => max,
  best_of_3: ({ confidence }) => confidence?.bestOfThree ?? null,
  real: ({ real }) => real,
};

/** What the records of a CSV file have columns of. */
export interface CsvColumns {
  /** Parameters. */
  keys: readonly string[];
  metrics: readonly string[];
}

const csvHeader = ({ keys, metrics }: CsvColumns): string =>
  `${csvRecord(['rank', 'cell', ...keys, ...metrics.flatMap((metric) => Object.keys(estimateFields).map((field) => `${metric}_${field}`)), 'difference', 'difference_low', 'difference_high', 'p', 'apart', 'not_ranked', 'trials', 'n', 'nfe', 'train_seeds', 'sample_seeds', 'evaluator', 'noise_levels_out_of_range', 'basis', 'weak'])}\r\n`;

const csvRecords = (groups: readonly LeaderboardGroup[], { keys, metrics }: CsvColumns): string => groups.flatMap(({ rows, bases }) => rows.map((row) => `${csvRecord([
  row.rank, row.cellId, ...keys.map((key) => configLabel(key, row.config[key])),
  ...metrics.flatMap((metric) => Object.values(estimateFields).map((of) => (row.metrics[metric] === undefined ? null : of(row.metrics[metric])))),
  ...standingFields(row.standing), row.notRanked ?? null,
  Math.max(0, ...Object.values(row.metrics).map(({ count }) => count)), row.n, row.nfe, row.trainSeeds.join(' '), row.sampleSeeds.join(' '), row.evaluator, row.noiseLevelsOutOfRange, bases[0]?.words ?? null, weakText(bases),
])}\r\n`)).join('');

function leaderboardCsv(groups: readonly LeaderboardGroup[]): string {
  const rows = groups.flatMap((group) => group.rows);
  const columns = { keys: varyingKeys(rows.map(({ config }) => config)), metrics: metricsIn(rows) };
  return csvHeader(columns) + csvRecords(groups, columns);
}

/** A leaderboard as CSV, a page at a time: its columns have to be known before. */
export async function* leaderboardCsvOf(pages: AsyncIterable<readonly LeaderboardGroup[]>, columns: CsvColumns): AsyncGenerator<string> {
  yield csvHeader(columns);
  for await (const groups of pages) yield csvRecords(groups, columns);
}

/** Comparable rows in one table, with those not scored yet; one table per group if there are several. */
function tablesOf(groups: readonly LeaderboardGroup[]): TextTable[] {
  const scored = groups.filter(({ evaluator }) => evaluator !== null);
  return scored.length < 2 ? [leaderboardText(groups)] : groups.map((group) => leaderboardText([group]));
}

/** A leaderboard as text: only the parameters on which rows differ are shown, except in JSON, which is the page itself. */
export const renderLeaderboard = (page: Pick<LeaderboardPage, 'groups'>, format: TableFormat): string =>
  renderText(format, { json: page, csv: () => leaderboardCsv(page.groups), tables: () => tablesOf(page.groups), fitting: narrowed });

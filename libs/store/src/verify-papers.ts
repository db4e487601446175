import { metricRange } from '@elucidate/experiment/metric-requests';
import type { PaperCounterpart, PaperEntry, PaperSummary, PublishedTable } from '@elucidate/experiment/paper-table';
import { currentRecords, type FigureRecord } from '@elucidate/migrations/papers';

/** How the list of published tables differs from the checked-in files. */
export function listProblems(found: readonly PaperSummary[]): string[] {
  const { tables } = currentRecords();
  const editions = new Map(found.map(({ id, edition }) => [id, edition]));
  return [
    ...tables.filter(({ id }) => !editions.has(id)).map(({ id }) => `${id} is in the files and not in the database`),
    ...found.filter(({ id }) => !tables.some((table) => table.id === id)).map(({ id }) => `${id} is in the database and not in the files`),
    ...tables.filter(({ id, edition }) => editions.has(id) && editions.get(id) !== edition).map(({ id, edition }) => `${id} is of edition ${editions.get(id)} in the database, of ${edition} in the files`),
  ];
}

/** What in a table as loaded differs from the checked-in files, and which of its verdicts do not follow from its numbers. */
export const paperProblems = (table: PublishedTable): string[] => [...figureProblems(table), ...table.columns.flatMap((_, column) => verdictProblems(table, column))];

function figureProblems({ id, rows, columns, entries }: PublishedTable): string[] {
  const expected = currentRecords().figures.filter(({ table_id }) => table_id === id);
  const found = entries.flatMap((line, row) => line.flatMap((entry, column) => (entry === null ? [] : entry.values.map((value) => JSON.stringify([rows[row], columns[column]?.name, columns[column]?.metric, value, ...facets(entry)])))));
  const wanted = expected.map((figure) => JSON.stringify([figure.row_name, figure.column_name, figure.metric, figure.value, ...facets(figure)]));
  return [...wanted.filter((figure) => !found.includes(figure)).map((figure) => `${id}: the files have ${figure}, the database has not`), ...found.filter((figure) => !wanted.includes(figure)).map((figure) => `${id}: the database has ${figure}, the files have not`)];
}

type Facets = Pick<FigureRecord, 'bold' | 'dataset' | 'resolution' | 'extractor' | 'n' | 'split' | 'images' | 'nfe' | 'note'> & { protocol: string };
const facets = ({ bold, protocol, dataset, resolution, extractor, n, split, images, nfe, note }: Facets): unknown[] => [bold, protocol, dataset, resolution, extractor, n, split, images, nfe, note];

interface Pair {
  row: string;
  entry: PaperEntry;
  ours: PaperCounterpart;
  published: number;
}

/** All of a column's verdicts, made again from its means and the published values. */
function verdictProblems({ id, rows, columns, entries, boldWithin }: PublishedTable, column: number): string[] {
  const pairs = entries.flatMap((line, row): Pair[] => {
    const entry = line[column];
    return entry?.ours == null ? [] : [{ row: rows[row]!, entry, ours: entry.ours, published: average(entry.values) }];
  });
  const ranked = pairs.filter(({ ours }) => ours.complete);
  const tau = kendall(ranked.map(({ ours, published }) => [ours.mean!, published]));
  const [low, high] = interval(tau, ranked.length);
  const best = Math.min(...ranked.map(({ ours }) => ours.mean!));
  return pairs.flatMap(({ row, entry, ours, published }) => {
    const comparable = reasons(entry, ours).length === 0;
    const [meanLow, meanHigh] = meanInterval(ours.trainingMeans, metricRange(columns[column]!.metric));
    const rankOf = (value: number, all: readonly number[]): number | null => (ours.complete ? 1 + all.filter((other) => other < value).length : null);
    const checks: [string, unknown, unknown][] = [
      ['complete', ours.complete, ours.diverged === 0 && ours.trials === ours.planned && ours.mean !== null],
      ['low', ours.low, meanLow], ['high', ours.high, meanHigh],
      ['tau', ours.tau, tau], ['tauLow', ours.tauLow, low], ['tauHigh', ours.tauHigh, high], ['tauRows', ours.tauRows, ranked.length],
      ['ownRank', ours.ownRank, rankOf(ours.mean ?? NaN, ranked.map((one) => one.ours.mean!))], ['publishedRank', ours.publishedRank, rankOf(published, ranked.map((one) => one.published))],
      ['bold', ours.bold, boldWithin === null || ours.mean === null || ranked.length === 0 ? null : ours.complete && ranked.length > 1 && ours.mean <= best + boldWithin * Math.abs(best)],
      ['difference', ours.difference, comparable && ours.mean !== null ? ours.mean - published : null],
      ['notComparable', ours.notComparable, comparable ? null : reasons(entry, ours).join(', ')],
      ['verdict', words(ours.verdict), wordsFor({ entry, ours, published, row }, { tau, low, high, meanLow, meanHigh })],
    ];
    return checks.filter(([, found, expected]) => !same(found, expected)).map(([name, found, expected]) => `${id}, ${columns[column]!.name}, ${row}: ${name} is ${JSON.stringify(found)}; its numbers give ${JSON.stringify(expected)}`);
  });
}

const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const same = (a: unknown, b: unknown): boolean => (typeof a === 'number' && typeof b === 'number' ? Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(a)) : a === b);

function reasons({ dataset, resolution, extractor, n, split, images, protocol }: PaperEntry, ours: PaperCounterpart): string[] {
  const other = (what: string, theirs: string | number | null, own: string | number | null, missing = 'not stated'): string[] => (theirs === own ? [] : [`other ${what} (${theirs ?? missing}, here ${own ?? 'none'})`]);
  return [
    ...other('data set', dataset, ours.dataset), ...other('resolution', resolution, ours.resolution), ...other('extractor', extractor, ours.extractor, 'none'), ...other('n', n, ours.n),
    ...(split === null || split === 'training' ? [] : [`other images (${split}, here training)`]),
    ...(images === null || images === ours.images ? [] : [`other training (${images} images, here ${ours.images})`]),
    ...(protocol === 'min-of-3' ? ['a minimum of three, not a mean'] : []),
  ];
}

/** tau-b by concordant and discordant pairs; null if either side is all alike. */
function kendall(points: readonly (readonly [number, number])[]): number | null {
  const pairs = points.flatMap(([a, b], i) => points.slice(i + 1).map(([c, d]) => [a - c, b - d] as const));
  const untied = [0, 1].map((side) => pairs.filter((pair) => pair[side] !== 0).length);
  const score = pairs.filter(([x, y]) => x * y > 0).length - pairs.filter(([x, y]) => x * y < 0).length;
  return untied[0]! * untied[1]! === 0 ? null : score / Math.sqrt(untied[0]! * untied[1]!);
}

const z = 1.959963984540054;

/** Fieller, Hartley and Pearson 1957. */
function interval(tau: number | null, rows: number): [number | null, number | null] {
  if (tau === null) return [null, null];
  if (rows < 6) return [-1, 1];
  const [edge, half] = [1 - 2 / (rows * (rows - 1)), z * Math.sqrt(0.437 / (rows - 4))];
  return [tau <= -edge ? -1 : Math.tanh(Math.atanh(Math.min(tau, edge)) - half), tau >= edge ? 1 : Math.tanh(Math.atanh(Math.max(tau, -edge)) + half)];
}

function meanInterval(trainingMeans: readonly number[], [least, greatest]: readonly [number, number]): [number | null, number | null] {
  if (trainingMeans.length < 2) return [null, null];
  const mean = average(trainingMeans);
  const half = tQuantile(trainingMeans.length - 1) * Math.sqrt(trainingMeans.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (trainingMeans.length - 1) / trainingMeans.length);
  return [Math.max(least, mean - half), Math.min(greatest, mean + half)];
}

/** The 97.5 % point of Student's t: with t = sqrt(df) tan u its density is proportional to cos(u)^(df - 1). */
function tQuantile(df: number): number {
  const steps = 20_000;
  const width = Math.PI / 2 / steps;
  const weights = Array.from({ length: steps }, (_, i) => Math.cos((i + 0.5) * width) ** (df - 1));
  const wanted = 0.95 * weights.reduce((sum, weight) => sum + weight, 0);
  let [index, sum] = [0, 0];
  while (sum + weights[index]! < wanted) sum += weights[index++]!;
  return Math.sqrt(df) * Math.tan((index + (wanted - sum) / weights[index]!) * width);
}

/** The parts of a verdict that are words. */
const words = (verdict: string): string => verdict.split('; ').map((part) => part.split(':')[0]).join('; ');

interface Again {
  tau: number | null;
  low: number | null;
  high: number | null;
  meanLow: number | null;
  meanHigh: number | null;
}

function wordsFor({ entry, ours, published }: Pair, { tau, low, high, meanLow, meanHigh }: Again): string {
  const value = reasons(entry, ours).length > 0 ? 'not comparable in value' : meanLow === null || meanHigh === null ? 'no interval' : published >= meanLow && published <= meanHigh ? 'within our interval' : 'outside our interval';
  const rank = !ours.complete ? 'not ranked' : tau === null ? 'no rank' : low! > 0 ? 'agrees in rank' : high! < 0 ? 'contradicts in rank' : 'undecided in rank';
  return `${value}; ${rank}`;
}

import { csvRecords, fromText, isNumberText } from './csv.js';
import { ElucidateError } from './errors.js';
import { isRecord, type Members } from './members.js';
import { isMetricKey, metricKeysText } from './metric-requests.js';
import { shortText } from './problem-text.js';
import { storable } from './printable.js';
import type { Scalar } from './raw-columns.js';

/** What somebody says of scores that were computed elsewhere. */
export interface Declared {
  /** A metric's key. */
  metric: string;
  /** Images that each score is of; null: not known, and then they compare with nothing. */
  n: number | null;
  /** The fingerprint of an evaluator of ours, if theirs is said to be the same; else its name. */
  evaluator: string;
  /** Where they come from: a paper, a commit, an address. */
  source: string;
}

/** One score, with all else that its row has. */
export interface ImportedRow {
  values: Readonly<Record<string, Scalar>>;
  /** null: it diverged. */
  value: number | null;
}

/** Results from elsewhere: one metric of one evaluator. */
export interface ResultImport extends Declared {
  /** Name of the file. */
  file: string;
  rows: readonly ImportedRow[];
}

/** Rows of one import, and columns of a row. */
export const mostImported = 10_000;
const mostColumns = 100;

export const importFormats = ['csv', 'json', 'ndjson'] as const;
export type ImportFormat = (typeof importFormats)[number];

const refuse = (file: string, what: string): never => {
  throw new ElucidateError('request.invalid', `${JSON.stringify(file)} cannot be imported: ${what}`);
};

const asScalar = (text: string): Scalar => (text === '' ? null : isNumberText(text) ? Number(text) : fromText(text));

function fromCsv(text: string): Members[] {
  const [names = [], ...records] = csvRecords(text);
  const header = names.map(fromText);
  return records.map((record, i) => {
    if (record.length !== header.length) throw new RangeError(`record ${i + 2} has ${record.length} fields, the header has ${header.length}`);
    return Object.fromEntries(record.map((field, column) => [header[column]!, asScalar(field)]));
  });
}

const readers: Readonly<Record<ImportFormat, (text: string) => unknown>> = {
  csv: fromCsv,
  json: (text) => JSON.parse(text),
  ndjson: (text) => text.split('\n').filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as unknown),
};

const isScalar = (value: unknown): value is Scalar => value === null || ['string', 'number', 'boolean'].includes(typeof value);
const notANumber = new Set(['nan', 'inf', '-inf', 'infinity', '-infinity']);

/** A score as written: NaN or nothing where a run diverged. */
function scoreOf(value: unknown): number | null | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (value === null || (typeof value === 'string' && notANumber.has(value.toLowerCase()))) return null;
  return undefined;
}

/** The one value that a column has in all rows; undefined if there is none. */
function common(records: readonly Members[], column: string): unknown {
  const values = new Set(records.map((record) => record[column] ?? null));
  return values.size === 1 && !values.has(null) ? [...values][0] : undefined;
}

export interface ImportOptions extends Partial<Pick<Declared, 'n' | 'evaluator'>>, Pick<Declared, 'metric' | 'source'> {
  file: string;
  format: ImportFormat;
  /** The column of the scores; by default that of the metric's name. */
  column?: string | undefined;
}

/**
 * Reads results that were computed elsewhere: a table with a header, or a list of flat records. n and evaluator come from what is declared, else from columns of
 * these names that have one value, as those of `elucidate trials` have. Throws 'request.invalid' for what is no such file.
 */
export function readImport(text: string, { file, format, metric, source, column = metric, ...given }: ImportOptions): ResultImport {
  if (!isMetricKey(metric)) refuse(file, `${JSON.stringify(metric)} is no metric; expected ${metricKeysText}`);
  const records = recordsOf(text, file, format);
  const [n, evaluator] = [given.n ?? common(records, 'n') ?? null, given.evaluator ?? common(records, 'evaluator')];
  if (typeof evaluator !== 'string' || evaluator === '') refuse(file, 'it does not say by which evaluator its scores are; name it with --evaluator');
  if (n !== null && !(Number.isInteger(n) && (n as number) > 0)) refuse(file, `n is ${shortText(n)}; expected a number of images`);
  const rows = records.map((record, i): ImportedRow => {
    const { [column]: written, ...rest } = record;
    const value = scoreOf(written);
    if (value === undefined) return refuse(file, `row ${i + 1} has ${shortText(written)} as ${column}, which is no score; name the column of the scores with --column`);
    return { value, values: scalars(rest, i, file) };
  });
  return { metric, source, file, n: n as number | null, evaluator: evaluator as string, rows };
}

function recordsOf(text: string, file: string, format: ImportFormat): Members[] {
  let read: unknown;
  try {
    read = readers[format](text);
  } catch (cause) {
    refuse(file, `it is no ${format.toUpperCase()}: ${(cause as Error).message}`);
  }
  if (!Array.isArray(read) || !read.every(isRecord)) return refuse(file, 'expected a list of records');
  if (read.length === 0) refuse(file, 'it has no rows');
  if (read.length > mostImported) refuse(file, `it has ${read.length} rows, at most ${mostImported} may be imported at once`);
  return read;
}

function scalars(record: Members, row: number, file: string): Record<string, Scalar> {
  const entries = Object.entries(record);
  if (entries.length > mostColumns) refuse(file, `row ${row + 1} has ${entries.length} columns, at most ${mostColumns} may be imported`);
  return Object.fromEntries(entries.map(([name, value]) => {
    if (!isScalar(value)) refuse(file, `row ${row + 1} has ${shortText(value)} as ${name}; expected text, a number, true, false or nothing`);
    if (![name, value].every((part) => typeof part !== 'string' || storable(part))) refuse(file, `row ${row + 1} has text with a NUL or half of a surrogate pair as ${shortText(name)}`);
    return [name, typeof value === 'number' && !Number.isFinite(value) ? null : value as Scalar];
  }));
}

/** The end of every sentence about a number that was not computed here. */
export const importedText = ({ file, owner, importedAt }: { file: string; owner: string; importedAt: string }): string => `imported, from ${file} by ${owner} on ${importedAt.slice(0, 10)}`;

import { absent, digits, shortId } from './estimate-text.js';
import { notable } from './labels.js';
import { metricTitle } from './metric-requests.js';
import type { PaperEntry, PaperSummary, PublishedTable } from './paper-table.js';
import { jsonOf, printable } from './printable.js';
import { csvRecord, escapeMarkdown, latexTable, markdownTable, tableFormats, type TextCell, type TextTable } from './table-text.js';

/** As other tables, and text in plain columns. */
export const paperFormats = ['text', ...tableFormats] as const;
export type PaperFormat = (typeof paperFormats)[number];

/** A published table in the paper's own layout and with its rule for bold, ours beside theirs; CSV has one record for each entry. */
export function renderPaper(table: PublishedTable, format: PaperFormat): string {
  const render: Readonly<Record<PaperFormat, () => string>> = {
    json: () => `${jsonOf(table)}\n`,
    csv: () => paperCsv(table),
    text: () => `${plainTable(paperText(table))}\n${lines(table).map(printable).join('\n')}\n`,
    markdown: () => `${markdownTable(paperText(table))}${lines(table).length === 0 ? '' : `\n${lines(table).map((line) => `- ${escapeMarkdown(line)}`).join('\n')}\n`}`,
    latex: () => latexTable({ ...paperText(table), caption: [caption(table), ...lines(table).map(sentence)].join(' ') }),
  };
  return render[format]();
}

const sentence = (line: string): string => (line.endsWith('.') ? line : `${line}.`);

/** The headings of our columns, each with the first of the paper's columns that it stands for. */
function ownColumns({ columns, sweep }: PublishedTable): { here: string; column: number }[] {
  if (sweep === null) return [];
  return [...new Map(columns.map(({ here }, column) => [here, column] as const).reverse())].reverse().flatMap(([here, column]) => (here === null ? [] : [{ here, column }])).sort((a, b) => a.column - b.column);
}

function paperText(table: PublishedTable): TextTable {
  const own = ownColumns(table);
  const marked = table.rows.map((name, row) => (noteOf(table, row) === null ? name : `${name} (${notes(table).findIndex((note) => note === noteOf(table, row)) + 1})`));
  return {
    header: [table.rowTitle, ...table.columns.map(({ name }) => name), ...own.map(({ here }) => here)],
    rows: table.entries.map((entries, row) => [{ text: marked[row]! }, ...entries.map((entry, column) => theirs(table, entry, column)), ...own.map(({ column }) => ours(table, entries, column))]),
    textColumns: 1,
    caption: caption(table),
  };
}

/** Where the paper's own marks were not recorded they follow the rule, among several. */
function theirs({ entries, boldWithin }: PublishedTable, entry: PaperEntry | null, column: number): TextCell {
  if (entry === null) return { text: absent };
  const means = entries.map((row) => row[column]).flatMap((one) => (one == null || one.bold === false ? [] : [mean(one.values)]));
  const best = Math.min(...means);
  return { text: entry.values.join(' / '), number: true, best: entry.bold ?? (boldWithin !== null && means.length > 1 && mean(entry.values) <= best + boldWithin * Math.abs(best)) };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean and interval of the column's own configuration in the row: "61.4 (58.0, 64.9)". */
function ours({ columns }: PublishedTable, entries: readonly (PaperEntry | null)[], column: number): TextCell {
  const { here, metric } = columns[column]!;
  const found = entries.find((entry, other) => columns[other]!.here === here && entry?.ours != null)?.ours;
  if (found === undefined || found === null || found.mean === null) return { text: absent };
  const interval = found.low === null || found.high === null ? '' : ` (${digits(metric, found.low)}, ${digits(metric, found.high)})`;
  return { text: `${digits(metric, found.mean)}${interval}${found.complete ? '' : ` [${found.trials}/${found.planned}]`}`, number: true, best: found.bold === true };
}

const noteOf = ({ entries }: PublishedTable, row: number): string | null => entries[row]?.find((entry) => entry?.note != null)?.note ?? null;
const notes = (table: PublishedTable): string[] => [...new Set(table.rows.flatMap((_, row) => noteOf(table, row) ?? []))];

function caption(table: PublishedTable): string {
  const { sweep } = table;
  const protocols = [...new Set(table.entries.flat().flatMap((entry) => entry?.protocol ?? []))].map((protocol) => protocolWords[protocol] ?? protocol);
  return [
    `${table.source}: ${table.title}.`, `Theirs: ${protocols.join(', ')}. Bold: ${table.boldRule}.`,
    ...table.notes, ...notes(table).map((note, index) => `(${index + 1}) ${note}.`),
    ...(sweep === null ? ['None of ours: no sweep has any of its configurations scored.'] : [
      `Ours: means over training runs, with their 95 % intervals where there are several; [k/m]: of k of m trials. Sweep ${sweep.id}, ${imagesText(table)}evaluator ${sweep.evaluators.map(shortId).join(', ') || absent}${realText(sweep.real)}.`,
      fixedWords(sweep.fixed), sweep.groups > 1 ? `One of ${sweep.groups} tables that this sweep has: choose with --fixed.` : '',
    ]),
  ].filter((part) => part !== '').join(' ');
}

/** How many images our scores are of: "n = 512 images, "; nothing for losses. */
function imagesText({ entries }: PublishedTable): string {
  const found = [...new Set(entries.flat().flatMap((entry) => entry?.ours?.n ?? []))].sort((a, b) => b - a);
  return found.length === 0 ? '' : `n = ${found.join(' or ')} images, `;
}

/** "real-data baseline FID 1.21, KID -0.1168". */
function realText(real: Readonly<Record<string, number>>): string {
  const words = Object.entries(real).map(([metric, value]) => `${metricTitle(metric)} ${digits(metric, value)}`);
  return words.length === 0 ? '' : `, real-data baseline ${words.join(', ')}`;
}

const protocolWords: Readonly<Record<string, string>> = { 'single': 'single runs', 'min-of-3': 'the lowest of three evaluations', 'unknown': 'number of runs not stated' };

function fixedWords(fixed: Readonly<Record<string, string>>): string {
  const words = Object.entries(notable(fixed, {})).map(([name, label]) => `${name} ${label}`);
  return words.length === 0 ? '' : `Fixed: ${words.join(', ')}; others at their defaults.`;
}

/** The verdict on each of the paper's columns, and what in it is incomplete. */
function lines(table: PublishedTable): string[] {
  return table.columns.flatMap(({ name }, column) => {
    const found = table.entries.flatMap((row, index) => (row[column]?.ours == null ? [] : [{ row: table.rows[index]!, ours: row[column].ours }]));
    const verdicts = new Map<string, string[]>();
    for (const { row, ours: one } of found) verdicts.set(one.verdict, [...(verdicts.get(one.verdict) ?? []), row]);
    return [...verdicts].map(([verdict, rows]) => `${name}${rows.length === found.length ? '' : `, ${rows.join(', ')}`}: ${verdict}`);
  });
}

function plainTable({ header, rows, textColumns, caption: below }: TextTable): string {
  const cells = [[...header], ...rows.map((row) => row.map(({ text, best }) => (best === true ? `${text}*` : text)))].map((row) => row.map(printable));
  const widths = header.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string => row.map((text, column) => (column < textColumns ? text.padEnd(widths[column]!) : text.padStart(widths[column]!))).join('  ').trimEnd();
  return [...cells.map(line), '', printable(below.replace('Bold:', 'Marked *:')), ''].join('\n');
}

function paperCsv(table: PublishedTable): string {
  const header = ['table', 'row', 'column', 'variant', 'metric', 'published', 'published_values', 'published_bold', 'protocol', 'published_n', 'published_nfe', 'source', 'url', 'sweep', 'cell', 'mean', 'low', 'high', 'trials', 'planned', 'n', 'nfe', 'bold', 'difference', 'not_comparable', 'own_rank', 'published_rank', 'tau', 'tau_low', 'tau_high', 'tau_rows', 'verdict'];
  const records = table.entries.flatMap((row, r) => row.flatMap((entry, c) => {
    if (entry === null) return [];
    const { ours: own } = entry;
    const { metric, variant, name } = table.columns[c]!;
    return [csvRecord([
      table.id, table.rows[r]!, name, variant, metric, mean(entry.values), entry.values.join(' '), entry.bold, entry.protocol, entry.n, entry.nfe, table.source, table.url,
      ...(own === null ? header.slice(13).map(() => null) : [table.sweep?.id ?? null, own.cellId, own.mean, own.low, own.high, own.trials, own.planned, own.n, own.nfe, own.bold, own.difference, own.notComparable, own.ownRank, own.publishedRank, own.tau, own.tauLow, own.tauHigh, own.tauRows, own.verdict]),
    ])];
  }));
  return `${[csvRecord(header), ...records].join('\r\n')}\r\n`;
}

/** What tables there are. */
export function renderPaperList(tables: readonly PaperSummary[], format: PaperFormat): string {
  const header = ['table', 'source', 'title', 'figures'];
  const cells = tables.map(({ id, source, title, figures }) => [id, source, title, figures] as const);
  const listed = { header, rows: cells.map(([id, source, title, figures]): TextCell[] => [{ text: id }, { text: source }, { text: title }, { text: String(figures), number: true }]), textColumns: 3, caption: 'Published tables; elucidate table --paper TABLE shows one.' };
  const render: Readonly<Record<PaperFormat, () => string>> = {
    json: () => `${jsonOf({ tables })}\n`,
    csv: () => `${[csvRecord([...header, 'citation', 'url', 'edition']), ...tables.map(({ id, source, title, figures, citation, url, edition }) => csvRecord([id, source, title, figures, citation, url, edition]))].join('\r\n')}\r\n`,
    text: () => plainTable(listed),
    markdown: () => markdownTable(listed),
    latex: () => latexTable(listed),
  };
  return render[format]();
}

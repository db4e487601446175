import { asText } from './csv.js';
import { jsonOf, printable, printableLines } from './printable.js';

export const tableFormats = ['json', 'csv', 'markdown', 'latex'] as const;
export type TableFormat = (typeof tableFormats)[number];

/** One cell of a table to print. */
export interface TextCell {
  /** Plain text, or digits. */
  text: string;
  /** Digits, typeset as mathematics if the format supports it. */
  number?: boolean;
  stddev?: string;
  /** "[11.20, 13.42]". */
  interval?: string;
  /** Said beside a number: "2 of 3 trials". */
  note?: string;
  /** In bold: the best, or one of those that cannot be told apart from it. */
  best?: boolean;
}

/** A table ready to print in any format. */
export interface TextTable {
  header: readonly string[];
  rows: readonly (readonly TextCell[])[];
  /** Leading columns that hold text, not numbers. */
  textColumns: number;
  caption: string;
}

const latexEscapes: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}', '~': '\\textasciitilde{}', '^': '\\textasciicircum{}',
  '&': '\\&', '%': '\\%', $: '\\$', '#': '\\#', _: '\\_', '{': '\\{', '}': '\\}', '<': '\\textless{}', '>': '\\textgreater{}', '|': '\\textbar{}', '±': '$\\pm$',
};

const oneLine = (text: string): string => printable(text.replace(/\s*\n\s*/g, ' '));

/** Escapes text for LaTeX. */
export function escapeLatex(text: string): string {
  return oneLine(text).replace(/[\\~^&%$#_{}<>|±]/g, (character) => latexEscapes[character] ?? character);
}

/** What Markdown would obey: not an underscore within a word, nor brackets where they make no link. */
const markup = /[\\`*<>|~]|^[#[]|_(?<![\p{L}\p{N}]_(?=[\p{L}\p{N}]))|\](?=\()/gu;
/** A command of our own, which stays code. */
const command = /(`elucidate [\w -]+`)/;

/** Escapes text for Markdown, also within a table, and no more of it than needed: a terminal shows it as it is. */
export function escapeMarkdown(text: string): string {
  return oneLine(text).split(command).map((part, i) => (i % 2 === 1 ? part : part.replace(markup, (character) => `\\${character}`))).join('');
}

/** One CSV record (RFC 4180), without a line ending; text that a spreadsheet would take for a formula is marked as text. */
export function csvRecord(fields: readonly (string | number | boolean | null)[]): string {
  return fields.map((field) => {
    const text = field === null ? '' : typeof field === 'string' ? asText(printableLines(field)) : String(field);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }).join(',');
}

function markdownCell({ text, stddev, interval, note, best }: TextCell): string {
  const shown = stddev === undefined ? escapeMarkdown(text) : `${text} ± ${stddev}`;
  return [best ? `**${shown}**` : shown, ...(interval === undefined ? [] : [interval]), ...(note === undefined ? [] : [`(${escapeMarkdown(note)})`])].join(' ');
}

/** A Markdown table, numbers right-aligned, columns padded to one width so that a terminal shows it too; its caption below. */
export function markdownTable({ header, rows, textColumns, caption }: TextTable): string {
  const cells = [header.map(escapeMarkdown), ...rows.map((row) => row.map(markdownCell))];
  const widths = header.map((_, column) => Math.max(4, ...cells.map((row) => row[column]?.length ?? 0)));
  const pad = (text: string, column: number): string => (column < textColumns ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0));
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |`;
  const rule = widths.map((width, column) => (column < textColumns ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  const [head = [], ...body] = cells.map((row) => row.map(pad));
  return [line(head), line(rule), ...body.map(line), '', escapeMarkdown(caption), ''].join('\n');
}

function latexCell({ text, number, stddev, interval, note, best }: TextCell): string {
  if (!number) return escapeLatex(note === undefined ? text : `${text} (${note})`);
  const shown = stddev === undefined ? text : `${text} \\pm ${stddev}`;
  const beside = `${interval === undefined ? '' : `\\ ${interval}`}$${note === undefined ? '' : ` (${escapeLatex(note)})`}`;
  return best ? `$\\mathbf{${shown}}${beside}` : `$${shown}${beside}`;
}

/** Characters of a row that fit between the margins in \small, about, and rows that fit on a page. */
const [lineWidth, pageRows] = [90, 40];

/** Characters of the widest row, with what keeps columns apart; of a number in bold the dollars and \mathbf take no room. */
const widthOf = ({ header, rows }: TextTable): number =>
  header.reduce((sum, title, column) => sum + 2 + Math.max(title.length, ...rows.map((row) => markdownCell(row[column]!).replaceAll(/[*\\]/g, '').length)), 0);

const tabular = ({ header, rows, textColumns }: TextTable): { columns: string; head: string[]; body: string[] } => ({
  columns: header.map((_, column) => (column < textColumns ? 'l' : 'r')).join(''),
  head: [`    ${header.map(escapeLatex).join(' & ')} \\\\`, '    \\midrule'],
  body: rows.map((row) => `    ${row.map(latexCell).join(' & ')} \\\\`),
});

/** Over several pages, its head on each; a wide one across the page. */
function longTable(table: TextTable, wide: boolean): string[] {
  const { columns, head, body } = tabular(table);
  return [
    `% needs \\usepackage{booktabs} and \\usepackage{longtable}${wide ? ', and \\usepackage{lscape} for landscape' : ''}`,
    ...(wide ? ['\\begin{landscape}'] : []), `\\begingroup${wide ? '\\scriptsize\\setlength{\\tabcolsep}{3pt}' : '\\small'}\\setlength{\\LTcapwidth}{\\linewidth}`,
    `\\begin{longtable}{${columns}}`, `  \\caption{${escapeLatex(table.caption)}} \\\\`, '    \\toprule', ...head, '    \\endfirsthead', '    \\toprule', ...head, '    \\endhead', '    \\bottomrule', '    \\endfoot',
    ...body, '\\end{longtable}', '\\endgroup', ...(wide ? ['\\end{landscape}'] : []), '',
  ];
}

/** A LaTeX table in booktabs style, no wider than the text, and of many rows over several pages; its first line says which packages it needs. */
export function latexTable(table: TextTable): string {
  const wide = widthOf(table) > lineWidth;
  if (table.rows.length > pageRows) return longTable(table, wide).join('\n');
  const { columns, head, body } = tabular(table);
  return [
    `% needs \\usepackage{booktabs}${wide ? ', and \\usepackage{graphicx} for \\resizebox' : ''}`,
    '\\begin{table}', '  \\centering\\small', `  \\caption{${escapeLatex(table.caption)}}`, `  ${wide ? '\\resizebox{\\textwidth}{!}{' : ''}\\begin{tabular}{${columns}}`, '    \\toprule',
    ...head, ...body,
    '    \\bottomrule', `  \\end{tabular}${wide ? '}' : ''}`, '\\end{table}', '',
  ].join('\n');
}

/** Without the columns after the text ones in which all rows say the same; the caption says what. For LaTeX, where a page is narrow. */
export function narrowed(table: TextTable): TextTable {
  const { header, rows, textColumns, caption } = table;
  const [first, ...others] = rows;
  if (first === undefined || others.length === 0) return table;
  const kept = header.map((_, column) => column < textColumns || others.some((row) => markdownCell(row[column]!) !== markdownCell(first[column]!)));
  const same = header.flatMap((title, column) => (kept[column] || first[column]!.text === '' ? [] : [`${title} ${first[column]!.text}`]));
  const shown = <T>(cells: readonly T[]): T[] => cells.filter((_, column) => kept[column]);
  return { header: shown(header), rows: rows.map(shown), textColumns, caption: same.length === 0 ? caption : `${caption} The same in every row: ${same.join(', ')}.` };
}

/** One result in the requested format: JSON of the value itself; CSV and text as given, in LaTeX as `fitting` makes of a table. */
export function renderText(format: TableFormat, { json, csv, tables, fitting = (table) => table }: { json: unknown; csv: () => string; tables: () => readonly TextTable[]; fitting?: (table: TextTable) => TextTable }): string {
  const render: Readonly<Record<TableFormat, () => string>> = {
    json: () => `${jsonOf(json)}\n`,
    csv,
    markdown: () => tables().map(markdownTable).join('\n'),
    latex: () => tables().map((table) => latexTable(fitting(table))).join('\n'),
  };
  return render[format]();
}
